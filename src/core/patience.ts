import { fromNote, toNote } from './error-note.js'
import type { AuthError, AuthErrorCode } from './errors.js'
import { passed } from './look.js'
import { parseVersioned, type SessionRecord } from './record.js'
import { type Limits, type Moment, type Now, spread } from './timing.js'

/**
 * What is known of a server that does not do what it should, while refreshes are tried again ever
 * more rarely. It lies beside the session, so that all contexts together are one client.
 */
export interface Patience {
  /** How many refreshes have failed in a row; 0 when only this context gave one up. */
  readonly failures: number
  /** The last failure. */
  readonly error: AuthError
  /** Whether there may have been an answer, and the refresh token is worth nothing since. */
  readonly spent: boolean
  /** When it failed, by this context's clocks. A pause passes in sleep too. */
  readonly since: Moment
  /** In [0, 1): the same in all contexts, so that their next attempts are one. */
  readonly jitter: number
  /** For how long after `since` the server is left alone, in ms, because of what it said before. */
  readonly quiet?: number | undefined
  /** Whether the token is known to be spent on a step that the error names: nobody sends it again. */
  readonly halted?: boolean | undefined
}

/** The longest delay while nobody asks for tokens, in ms. */
const IDLE = 300_000
/** The first and the longest delay after a refusal that is definite but ends no session, in ms. */
const REFUSED = [30_000, 900_000] as const
/** The least delay after a 429 that does not say for how long: pages can seldom read it. */
const TOO_MANY = 5_000
/** A `Retry-After` above an hour is more likely a mistake than a wish. */
const LONGEST = 3_600_000
/** More failures than this make no delay longer. */
const MOST = 30
/** No outage counts so many: somebody else wrote it. */
const ABSURD = 1_000_000

/**
 * Failures after which asking again is no use before somebody changes something at the server. The
 * code alone tells: providers call a refusal that they do not know `retryable`, as it may pass.
 */
const REFUSALS: readonly AuthErrorCode[] = [
  'rejected',
  'step_required',
  'invalid_credentials',
  'invalid_argument',
]

/** For how long the server asked to be left alone, in ms. */
const wished = ({ code, retryAfter = code === 'rate_limited' ? TOO_MANY : 0 }: AuthError): number =>
  Math.min(retryAfter, LONGEST)

/** Failures of requests that the server may never have got; where storage fails none was sent. */
const UNHEARD: readonly AuthErrorCode[] = ['network', 'timeout', 'storage']

/** Whether storage is what failed: a try costs no server anything. */
export const isLocal = ({ code }: AuthError): boolean => code === 'storage'

const isRefusal = ({ code }: AuthError): boolean => REFUSALS.includes(code)

/**
 * How much longer the server is to be left alone after a request that it may never have got: one that
 * was lost takes back nothing of what it said before, neither a refusal nor a `Retry-After`.
 */
export function quietAfter(before: Patience, error: AuthError, now: Now, limits: Limits): number {
  if (!UNHEARD.includes(error.code)) return 0
  const said = isRefusal(before.error) ? pause(before, false, limits) : wished(before.error)
  return Math.max(0, Math.max(said, before.quiet ?? 0) - passed(before.since, now))
}

/** How long to wait after the last failure, in ms: less while somebody asks for tokens. */
function pause(patience: Patience, asked: boolean, limits: Limits): number {
  const { failures, error, jitter, quiet = 0, halted } = patience
  if (halted) return Infinity
  if (failures === 0) return 0
  const { retryDelay, maxRetryDelay } = limits
  // The last number is the part of a delay that jitter leaves at the least. Half for those who ask, as
  // they wait for it; a third less than the whole keeps the requests of all others few.
  const [first, longest, factor, least] = isRefusal(error)
    ? ([...REFUSED, 2, 2 / 3] as const)
    : asked
      ? ([retryDelay, maxRetryDelay, 2, 1 / 2] as const)
      : ([retryDelay, Math.max(IDLE, maxRetryDelay), 3, 2 / 3] as const)
  const steps = Math.min(failures, MOST) - 1
  const delay = Math.min(longest, first * factor ** steps)
  return Math.max(quiet, wished(error), delay * (least + (1 - least) * jitter))
}

/** The monotonic time before which no refresh starts by itself. */
export const nextAttempt = (patience: Patience, now: Now, limits: Limits): number =>
  now.monotonic + pause(patience, now.asked, limits) - passed(patience.since, now)

/** Tells the tokens of one sign-in apart, and says nothing of them. */
const markOf = ({ session: { accessToken, refreshToken } }: SessionRecord): number =>
  spread(`${accessToken} ${refreshToken}`)

/** What was asked for in vain: the next tokens of a record, or, without one, who is signed in at all. */
export type Subject = SessionRecord | null

/** How a text names its subject. */
export const nameOf = (
  subject: Subject,
): Pick<SessionRecord, 'revision'> & { lineage: string | null } => ({
  lineage: subject?.lineage ?? null,
  revision: subject?.revision ?? 0,
})

/** The text by which other contexts learn of it. */
export function serializePatience(
  { since, error, ...patience }: Patience,
  subject: Subject,
  now: Now,
): string {
  const at = Math.round(now.wall - passed(since, now))
  const about = {
    ...nameOf(subject),
    ...(patience.halted && subject && { mark: markOf(subject) }),
  }
  return JSON.stringify({ v: 1, ...about, at, ...patience, error: toNote(error) })
}

/**
 * Reads what another context wrote about `subject`; `null` when it is about something else.
 * `sinceLook` is how long ago, in ms, the text was not there yet.
 */
export function parsePatience(
  text: string,
  subject: Subject,
  { now, sinceLook }: { readonly now: Now; readonly sinceLook: number },
): Patience | null {
  const { lineage, revision, at, failures, spent, jitter, quiet, error, ...said } =
    parseVersioned(text) ?? {}
  const failure = fromNote(error)
  const halted = said.halted === true && failure?.code === 'step_required'
  //   this context                    another one
  //   says that the token is spent
  //                                   saves what is new of the person: another revision, the same token
  //                                   opens anew: reads of it, and must not send that token
  const named = nameOf(subject)
  const same = halted ? subject && said.mark === markOf(subject) : revision === named.revision
  const fits = lineage === named.lineage && same
  if (!fits || !failure || typeof at !== 'number' || typeof failures !== 'number') return null
  // It was written since the last look. If the times do not fit that, the writer's clock is another
  // one than this, and the pause counts from now: a wrong clock must neither end it nor make it eternal.
  const past = now.wall - at
  const age = past >= 0 && past <= sinceLook ? past : 0
  return {
    // Not cut to `MOST`: who has met thirty failures must see that the next one is news.
    failures: failures < ABSURD ? Math.max(1, failures) : MOST,
    error: failure,
    spent: spent === true,
    since: { wall: now.wall - age, monotonic: now.monotonic - age },
    jitter: typeof jitter === 'number' && jitter >= 0 && jitter < 1 ? jitter : 0,
    quiet: typeof quiet === 'number' && quiet >= 0 && quiet <= LONGEST ? quiet : 0,
    ...(halted && { halted }),
  }
}

/**
 * What a context learns from another one's failure, `null` for nothing: what it could not write itself
 * may be newer. Whoever failed later without having heard of its failures has met one more.
 */
export function newsOf(theirs: Patience, own: Patience | null): Patience | null {
  // A token that is spent stays so, and how often it failed before is no matter.
  if (own?.halted) return null
  if (!own || theirs.halted || theirs.failures > own.failures) return theirs
  return theirs.since.monotonic > own.since.monotonic
    ? { ...theirs, failures: own.failures + 1 }
    : null
}
