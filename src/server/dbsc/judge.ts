import { AuthError, AuthSessionMissingError } from '../../core/errors.js'
import type { CookieJar } from '../cookies/cookies.js'
import type {
  BoundRequests,
  DeviceCandidate,
  DeviceOffer,
  DeviceVerdict,
} from '../requests/device-binding.js'
import type { DeviceWords, SealedDevices } from '../sealed/devices.js'
import { DEVICE_UNKNOWN, type RefreshFailure } from '../sealed/results.js'
import type { Password } from '../sealed/seal.js'
import { headerIn, pathIn } from '../shared/request-words.js'
import type { BindingState, Bindings } from './bindings.js'
import type { Identifiers } from './identifiers.js'
import type { FoundNote, Notes } from './notes.js'
import type { Offers } from './offers.js'
import type { DeviceRequest } from './types.js'
import { skippedIn } from './words.js'

/** What judging works on. */
export interface JudgeDeps {
  readonly devices: SealedDevices
  readonly password: Password
  readonly notes: Notes
  readonly identifiers: Identifiers
  /** Whether a session that was never bound, as far as is known, must be. */
  required(request: DeviceRequest): boolean
  readonly reportOnly: boolean
  readonly bindings: Bindings
  readonly offers: Pick<Offers, 'due' | 'drop'>
}

/** Whether it is known that a browser has bound a session. */
const isBound = (state: BindingState): boolean => state === 'bound' || state === 'just-bound'

/** What a request has to prove the key of its session with. */
interface Proof {
  /** Maybe an old one. */
  readonly note: FoundNote | null
  /** Whether it has a proof of which nobody can tell now whether its key counts. */
  readonly isUnsure: boolean
}

/** A session with a name, which can be bound. */
type Named = DeviceWords & { readonly sessionId: string }

const go = (value: string, offer?: DeviceOffer): DeviceVerdict => ({ type: 'go', value, offer })

const stop = (failure: RefreshFailure, setCookies: readonly string[] = []): DeviceVerdict => ({
  type: 'stop',
  failure,
  setCookies,
})

/** Nobody can tell now whether the device is there: the session is as good as before. */
function unknown(message: string, setCookies?: readonly string[]): DeviceVerdict {
  const error = new AuthError('server_error', message, { serverCode: DEVICE_UNKNOWN })
  return stop({ signedIn: false, retryable: true, reason: 'server_error', error }, setCookies)
}

const SKIPPED = 'The browser could not prove its key in time: the request comes too early.'
const EARLIER =
  'The browser has bound the session since it sent this request: it is to send it again.'
const UNSURE =
  'Whether the session is bound to a device cannot be told now: the processes’ store does not answer.'
const OLD = 'The browser’s proof is too old, by this server’s clock: it is to prove its key anew.'

function refused(setCookies: readonly string[]): DeviceVerdict {
  const message =
    'The session is bound to a device, and the request does not come from it: sign in again.'
  const error = new AuthSessionMissingError(message)
  const reason = 'device_not_proven'
  return stop({ signedIn: false, retryable: false, reason, error }, setCookies)
}

function wanted(offer?: DeviceOffer): DeviceVerdict {
  const message = 'This needs a session that is bound to a device, and the browser did not bind it.'
  const reason = 'device_required'
  const error = new AuthError('rejected', message, { serverCode: reason })
  const failure = { signedIn: false, retryable: false, reason, error } as const
  return { type: 'stop', failure, setCookies: [], offer }
}

/**
 * Makes what says whether a session's cookie may be used where it is:
 *
 *     seal      bound cookie of its key         what the browser says   what becomes of it
 *     bound     good                                                    goes on
 *     bound     old, by this server's clock                             503, told of, and the browser renews it
 *     bound     none                            it was skipped          503: never served, never signed out
 *     bound     none, or another session's                              refused, and reported
 *     unbound   good, of the key that counts                            goes on, bound from now on
 *     unbound   none                                                    goes on where the policy lets it
 *     before    none                                                    503 at first, then refused, and reported
 *     unknown   none, or of a key that may be another's                 goes on, or 503, as the policy says
 *
 * `before` is a seal from before its session was bound, after the first request that proved the key: see `Bindings`.
 * `unknown` is a seal without a device while nobody can be asked which of the two it is. A proof binds nothing then: who
 * has copied the cookie before the binding can have registered a key too.
 * Where it is only reported what would be refused, all of them go on.
 *
 * What it was skipped for must be the session's own key, whose name is in the seal, where no thief can read it, and is
 * signed: who has a cookie and nothing else cannot write that header.
 */
export function createJudge(deps: JudgeDeps): Pick<BoundRequests, 'judge' | 'isForeign'> {
  const { devices, password, notes, identifiers, required, reportOnly, bindings, offers } = deps

  /** Of a bound session the proof of its key, maybe an old one; of another one what may bind it. */
  async function proofOf({ sessionId, device }: Named, jar: CookieJar): Promise<Proof> {
    if (device) {
      const note = await notes.find(jar, device.key)
      return { note: note?.sessionId === sessionId ? note : null, isUnsure: false }
    }
    const found = await notes.findAll(jar)
    const own = found.filter((one) => one.binds && one.sessionId === sessionId)
    const states = await Promise.all(own.map(({ key }) => bindings.keyStateOf(sessionId, key)))
    const good = own.filter((_, index) => states[index] === 'counts')
    const note = good.find((one) => !one.isOld) ?? good[0] ?? null
    return { note, isUnsure: states.includes('unknown') }
  }

  async function isSkipped({ sessionId, device }: Named, request: unknown): Promise<boolean> {
    const header = headerIn(request, 'Secure-Session-Skipped')
    const named = await Promise.all(skippedIn(header).map((id) => identifiers.read(id)))
    return named.some(
      (one) => one?.sessionId === sessionId && (device ? one.key === device.key : one.isOurs),
    )
  }

  /** Tells of a request without the proof that it should have: once, where the answer can set cookies. */
  function tellOf({ sessionId, userId }: Named, { request, mayWrite }: DeviceCandidate): void {
    if (mayWrite) devices.report({ type: 'device-missing', sessionId, userId, request })
  }

  /** What becomes of a request without the proof that it should have. */
  function refuse(session: Named, candidate: DeviceCandidate): DeviceVerdict {
    const { jar, mayWrite } = candidate
    tellOf(session, candidate)
    // What is there proves something else, and would keep the browser from proving its key.
    return refused(mayWrite ? notes.erase(jar) : [])
  }

  /** A bound session, without a proof of its key that counts. */
  async function judgeUnproven(
    session: Named,
    { old, state }: { readonly old: FoundNote | null; readonly state: BindingState },
    candidate: DeviceCandidate,
  ): Promise<DeviceVerdict> {
    const { jar, request, mayWrite } = candidate
    if (old) {
      // A browser drops it in time, unless a clock was set: who has both cookies for longer has copied them.
      tellOf(session, candidate)
      return unknown(OLD, mayWrite ? notes.erase(jar, old.key) : [])
    }
    if (await isSkipped(session, request)) return unknown(SKIPPED)
    if (state === 'just-bound') return unknown(EARLIER)
    return refuse(session, candidate)
  }

  /**
   * Binds a session whose browser has just registered its key, and once more one whose refresh had begun before:
   *
   *     refresh, by the seal of before ──────────────────────────────▶ answer: a seal without the device
   *            register ──▶ bound cookie ──▶ request ──▶ bound seal                    request ──▶ bound seal
   */
  async function judgeProven(
    { sessionId, device }: Named,
    { key }: FoundNote,
    { value, jar, mayWrite }: DeviceCandidate,
  ): Promise<DeviceVerdict> {
    // A store lets go of what the cookie names, once it is bound: the browser must get the new one.
    const isDue = !device && mayWrite
    const [bound] = await Promise.all([
      isDue ? devices.bind({ value, password }, { key }) : null,
      bindings.note(sessionId, key),
    ])
    return go(bound ?? value, mayWrite ? offers.drop(jar) : undefined)
  }

  /** A session that was never bound, as far as is known. */
  async function judgeFree(
    { sessionId, userId }: DeviceWords,
    candidate: DeviceCandidate,
    mayBeBound: boolean,
  ): Promise<DeviceVerdict> {
    const { value, request, mayWrite } = candidate
    const isAsked = mayWrite && !mayBeBound && sessionId
    const offer = isAsked ? await offers.due(sessionId, candidate) : undefined
    const isWanted = required({ path: pathIn(request), request, mayBeBound })
    if (!isWanted) return go(value, offer)
    if (mayBeBound) return unknown(UNSURE)
    // Who is refused for it sees the answer. Here nobody would hear of it.
    if (reportOnly && mayWrite) {
      devices.report({ type: 'device-required', sessionId, userId, request })
    }
    return wanted(offer)
  }

  const stateOf = async ({ sessionId, device }: Named): Promise<BindingState> =>
    device ? 'bound' : bindings.stateOf(sessionId)

  async function judge(candidate: DeviceCandidate): Promise<DeviceVerdict> {
    const { value } = candidate
    const session = await devices.read({ value, password })
    if ('reason' in session) {
      // What does not open is nobody's. What cannot be read now must not be read later, and be let through.
      return session.retryable ? stop(session) : go(value)
    }
    const { sessionId } = session
    if (sessionId === undefined) return judgeFree(session, candidate, false)
    const named = { ...session, sessionId }
    const { note, isUnsure } = await proofOf(named, candidate.jar)
    if (note && !note.isOld) return judgeProven(named, note, candidate)
    const state = await stateOf(named)
    if (!isBound(state)) return judgeFree(session, candidate, isUnsure || state === 'unknown')
    // This process knows that it is bound, and not whether this is the key.
    if (isUnsure) return unknown(UNSURE)
    return judgeUnproven(named, { old: note, state }, candidate)
  }

  return {
    async judge(candidate) {
      const verdict = await judge(candidate)
      return reportOnly && verdict.type === 'stop' ? go(candidate.value, verdict.offer) : verdict
    },
    async isForeign({ value, jar }) {
      if (reportOnly) return false
      const session = await devices.read({ value, password })
      // What cannot be read now may be read a moment later.
      if ('reason' in session) return session.retryable
      const { sessionId } = session
      if (sessionId === undefined) return false
      const named = { ...session, sessionId }
      const { note, isUnsure } = await proofOf(named, jar)
      if (note && !note.isOld) return false
      const state = await stateOf(named)
      if (isBound(state)) return true
      // As strict as with requests. What the answer is for is not said, so that it may be for anything.
      const mayBeBound = isUnsure || state === 'unknown'
      return mayBeBound && required({ path: null, request: undefined, mayBeBound })
    },
  }
}
