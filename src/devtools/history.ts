import type { AuthError } from '../core/errors.js'
import type { AuthChange } from '../core/events.js'
import type { Trouble } from './deadlines.js'
import type { Secrets } from './secrets.js'
import { openSiblings } from './siblings.js'
import type { Source } from './source.js'
import { eventWords, failureText, stepWords, type Words } from './words.js'

/** One line of the time line. */
export interface Moment extends Words {
  /** In ms since the epoch, by the device of the tab it happened in. */
  readonly at: number
  /** The name of another tab; `null` for this one. */
  readonly tab: string | null
  readonly kind: 'event' | 'step' | 'deed'
}

/** An end of the session that the client has told of because it is near. */
export interface Ending {
  readonly endsAt: number
  readonly reason: 'idle' | 'absolute'
}

/** What has happened to one client since its panel was shown. */
export interface History {
  /** The oldest first; those of one tab in their order. */
  moments(): readonly Moment[]
  trouble(): Trouble | null
  ending(): Ending | null
  /** Tells what a button did, here and in the other tabs. */
  note(words: Words): void
  clear(): void
  stop(): void
}

/** More lines than that nobody reads, and a page is not to grow by them. */
const KEPT = 300

/** What makes a history. */
export interface HistoryOptions {
  /** The name of this tab. */
  readonly tab: string
  readonly secrets: Secrets
  /** Something is new. */
  readonly onChange: () => void
}

/** Begins to write down what happens to a client. */
export function createHistory(source: Source, { tab, secrets, onChange }: HistoryOptions): History {
  const { auth, environment, place, name, steps } = source
  const { clock } = environment
  let moments: Moment[] = []
  let trouble: Trouble | null = null
  let ending: Ending | null = null

  function add(moment: Moment): void {
    moments.push(moment)
    if (moments.length > KEPT) moments.shift()
    onChange()
  }

  const siblings = openSiblings(place?.key ?? name, ({ tab: from, ...words }) => {
    // Another client of this page that has no name either: what happens to it is on its own time line.
    if (from !== tab) add({ ...words, kind: 'event', tab: from })
  })

  function happen(words: Words, kind: 'event' | 'deed'): void {
    const at = source.byDevice(clock.now())
    siblings.tell({ ...words, at, tab })
    add({ ...words, at, kind, tab: null })
  }

  function hear(change: AuthChange): void {
    const [event, session, detail] = change
    secrets.note(session)
    if (event === 'REFRESH_FAILED') trouble = troubleAfter(detail, trouble, secrets)
    // Any new token, and any end, ends the trouble of a server.
    else if (event !== 'SESSION_ENDING' && event !== 'SESSION_EXTENDED') trouble = null
    ending = endingAfter(change, ending)
    happen(eventWords(change, clock.now(), secrets), 'event')
  }

  for (const entry of steps?.all() ?? []) {
    moments.push({ ...stepWords(entry), at: source.byDevice(entry.at), kind: 'step', tab: null })
  }
  const stopSteps = steps?.subscribe((entry) =>
    add({ ...stepWords(entry), at: source.byDevice(entry.at), kind: 'step', tab: null }),
  )
  const stopEvents = auth.onAuthStateChange((...change) => hear(change))

  return {
    moments: () => moments,
    trouble: () => trouble,
    ending: () => ending,
    note: (words) => happen(words, 'deed'),
    clear() {
      moments = []
      onChange()
    },
    stop() {
      stopEvents()
      stopSteps?.()
      siblings.close()
    },
  }
}

/** What is known of a server in trouble after one more failure. */
const troubleAfter = (
  { error, nextAttemptAt }: { readonly error: AuthError; readonly nextAttemptAt: number },
  before: Trouble | null,
  secrets: Secrets,
): Trouble => ({
  failures: (before?.failures ?? 0) + 1,
  text: failureText(error, secrets),
  nextAttemptAt,
})

/** The end that is known of after an event; a new token moves none. */
function endingAfter([event, , detail]: AuthChange, before: Ending | null): Ending | null {
  if (event === 'SESSION_ENDING') return { endsAt: detail.endsAt, reason: detail.reason }
  return event === 'TOKEN_REFRESHED' || event === 'REFRESH_FAILED' ? before : null
}
