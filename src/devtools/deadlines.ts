import { nextAttempt } from '../core/patience.js'
import type { Session } from '../core/session.js'
import { hold } from '../core/timing.js'
import { limitsOf } from '../timeouts/use.js'
import type { Source } from './source.js'
import type { Stored } from './stored.js'

/** Something that happens by itself. */
export interface Deadline {
  readonly name: string
  /** In ms since the epoch by this device's clock; `null` where something else has to happen first. */
  readonly at: number | null
  /** What has to happen first, or why it happens. */
  readonly because: string
}

/** What the panel has heard of a server in trouble. */
export interface Trouble {
  /** How many refreshes have failed in a row, as far as this panel or storage can tell. */
  readonly failures: number
  readonly text: string
  /** When it is tried again at the latest, in ms since the epoch; `Infinity`: not by itself. */
  readonly nextAttemptAt: number
}

/** What deadlines follow from. */
export interface Known {
  readonly session: Session
  readonly stored: Stored
  readonly trouble: Trouble | null
  /** An end that the client has told of because it is near. */
  readonly ending: { readonly endsAt: number; readonly reason: 'idle' | 'absolute' } | null
}

/** What is due for a session, the next first. */
export function deadlinesOf(source: Source, known: Known): readonly Deadline[] {
  const ends = endsOf(source, known)
  const expiry: Deadline = {
    name: 'Access token expires',
    at: known.session.expiresAt,
    because: known.session.refreshToken
      ? ''
      : 'There is no refresh token: the session ends with it.',
  }
  const all = [refreshOf(source, known), expiry, ...ends]
  return all.sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity))
}

function refreshOf(source: Source, { session, stored, trouble }: Known): Deadline {
  const name = trouble ? 'Next try' : 'Refresh ahead of need'
  const later = (because: string): Deadline => ({ name, at: null, because })
  if (!session.refreshToken) return later('Never: there is no refresh token.')
  if (source.autoRefresh === false) return later('When the app asks: `autoRefresh` is off.')
  if (trouble && !source.environment.wake.online()) return later('When the device is online again.')
  if (trouble?.nextAttemptAt === Infinity) return later('When the step is done that is wanted.')
  if (trouble) return { name, at: trouble.nextAttemptAt, because: 'Sooner when the app asks.' }
  const lead = leadOf(source, session, stored)
  if (lead === null) return later('Some time before the token expires.')
  const hidden = source.autoRefresh === 'visible' ? 'While the page is visible.' : ''
  return { name, at: session.expiresAt - lead, because: hidden }
}

/** The life at which the client refreshes; `null` where storage does not have this session. */
function leadOf({ limits, environment }: Source, session: Session, stored: Stored): number | null {
  const { record } = stored
  if (!record || record.session.expiresAt !== session.expiresAt) return null
  const { clock } = environment
  const now = { wall: clock.now(), monotonic: clock.monotonic(), asked: false }
  return hold(record, limits, { now, sinceLook: Infinity, savedAt: null }).lead
}

const ENDS = { idle: 'Ends, if nobody uses it', absolute: 'Ends, whatever is done' }

/** When `timeouts` end the session: what the client has told of, and what storage says of its use. */
function endsOf({ timeouts }: Source, { session, stored, ending }: Known): Deadline[] {
  const told = ending && {
    name: ENDS[ending.reason],
    at: ending.endsAt,
    because: 'SESSION_ENDING.',
  }
  const { use } = stored
  if (!timeouts?.limits || !use) return told ? [told] : []
  const { idle, absolute } = limitsOf(timeouts.limits, session.limits)
  const ends = [
    { name: ENDS.idle, at: use.usedAt + idle, because: 'Any use of the page moves it.' },
    { name: ENDS.absolute, at: use.startedAt + absolute, because: '' },
  ]
  return ends.map((end) => (end.name === told?.name ? told : end)).filter(({ at }) => at < Infinity)
}

/** What storage says of a server in trouble, for a panel that has not heard of it. */
export function storedTrouble(
  { environment, limits }: Source,
  { patience }: Stored,
): Omit<Trouble, 'text'> | null {
  if (!patience) return null
  const { clock } = environment
  const [wall, monotonic] = [clock.now(), clock.monotonic()]
  const at = nextAttempt(patience, { wall, monotonic, asked: false }, limits)
  return { failures: patience.failures, nextAttemptAt: wall + at - monotonic }
}
