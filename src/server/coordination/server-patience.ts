import { AuthError, isAuthError } from '../../core/errors.js'
import { nextAttempt } from '../../core/patience.js'
import { isLately } from '../shared/lately.js'
import { after } from '../shared/time-limit.js'
import { createExpiring } from './expiring.js'
import { type Admission, type Pause, type Pauses, REMEMBERED } from './pauses.js'

/** Who asks: a person may have many sessions. */
export interface Asker {
  readonly session: string
  readonly person: string
}

/** What somebody who was let through may do. */
export interface Turn {
  /**
   * Whether a request that has failed may be sent once more now: not by whoever tries for all whether the server is
   * well again, and not once it is known to fail.
   */
  mayRepeat(): Promise<boolean>
}

/** Sends requests to one auth server, and leaves it alone while it fails. */
export interface ServerPatience {
  /**
   * Sends a request of one session, unless the server is left alone now, or this session is.
   * @throws AuthError what `send` throws, or what the last request came to: its `retryAfter` is then
   *   how long nobody is let through yet.
   */
  attempt<T>(asker: Asker, send: (turn: Turn) => Promise<T>): Promise<T>
}

/** What patience works with. */
export interface ServerPatienceOptions {
  readonly pauses: Pauses
  /** Names the server. */
  readonly name: string
  /** How long a request may take, in ms. */
  readonly timeout: number
  /** Milliseconds since the epoch. */
  now(): number
}

/**
 * The pace of somebody who is asked all the time: pauses of a quarter second, so that one lost
 * connection costs nobody more, up to thirty seconds. Nothing spreads them,
 * as one request at a time asks for all. Margins play no part.
 */
const LIMITS = { retryDelay: 250, maxRetryDelay: 30_000, refreshMargin: 0, waitMargin: 0 }
const NOW = { wall: 0, monotonic: 0, asked: true }

/** So many people whose sessions fail, with no answer to anybody in between, are no coincidence. */
const SEVERAL = 3
/**
 * How long those wait who come while somebody tries, in ms. With the time of their own request it is
 * less than the turn that they may have among processes (`term` of `redisCoordinator`).
 */
const WAIT = 2_000
/** The most sessions and people that are left alone at once. */
const LIMIT = 10_000

const pauseAfter = ({ error, failures }: Pause): number =>
  nextAttempt({ error, failures, spent: false, since: 0, jitter: 1 }, NOW, LIMITS)

/** Whether a failure is the server's, whoever's session it was: nobody else would fare better. */
const isOfServer = ({ code, status = 0, retryAfter }: AuthError): boolean =>
  code === 'network' ||
  code === 'rate_limited' ||
  retryAfter !== undefined ||
  // A 504 may be what a hook of the server's does for one person.
  status === 502 ||
  status === 503

/** An error for everybody, without the words that the server had for one: they may be about that person. */
function forAll({ code, status, retryAfter, serverCode }: AuthError): AuthError {
  const message = 'The auth server failed lately, and is left alone for a moment.'
  return new AuthError(code, message, { retryable: true, status, retryAfter, serverCode })
}

function later({ code, message, status, serverCode }: AuthError, left: number): AuthError {
  return new AuthError(code, message, { retryable: true, status, serverCode, retryAfter: left })
}

/** Whether an error says that the server is well: a mistake of ours says nothing of it. */
const isAnswer = ({ code, retryable }: AuthError): boolean =>
  !retryable && code !== 'invalid_argument' && code !== 'aborted'

/** A failure of one session or person. */
interface OwnPause extends Pause {
  /** When it was, in ms since the epoch. */
  readonly since: number
  /** How long the session or person is left alone, in ms. */
  readonly wait: number
}

/** How long everybody waits at the most, in ms, unless the server asked for more. */
const waitOfAll = (pause: Pause): number =>
  isOfServer(pause.error) ? pauseAfter(pause) : Math.min(pauseAfter(pause), LIMITS.maxRetryDelay)

/** A moment longer than others are left alone, in ms, so that one of those asks first. */
const longer = (wait: number): number => wait + LIMITS.retryDelay

/** One more failure than before. */
const another = (before: Pause | undefined, error: AuthError): Pause => ({
  error,
  failures: (before?.failures ?? 0) + 1,
})

/** A promise, and what fulfils it. */
interface Deferred {
  readonly promise: Promise<void>
  resolve(): void
}

function defer(): Deferred {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve: () => resolve() }
}

/** Makes the patience of one process with one auth server; `pauses` may be those of many processes. */
export function createServerPatience(options: ServerPatienceOptions): ServerPatience {
  const { pauses, name, timeout, now } = options
  const sessions = createExpiring<OwnPause>({ limit: LIMIT, now })
  /** People who have asked for all, in vain: somebody else is to be the next. */
  const probers = createExpiring<OwnPause>({ limit: LIMIT, now })
  /** People whose sessions have failed since the server last gave anybody an answer. */
  const failing = new Set<string>()
  /** The request by which this process tries whether the server is well again. */
  let probe: Deferred | null = null

  function checkOwn(own: OwnPause | undefined): void {
    if (!own) return
    const { error, since, wait } = own
    if (isLately(since, wait, now())) throw later(error, since + wait - now())
  }

  const noteSession = (session: string, error: AuthError): void => {
    const own = another(sessions.get(session), error)
    const wait = longer(pauseAfter(own))
    sessions.set(session, { ...own, since: now(), wait }, now() + wait + REMEMBERED)
  }

  /** Those who always fail wait ever longer, and longer than the server is left alone in any case. */
  const noteProber = (person: string, pause: Pause): void => {
    const { error, failures } = another(probers.get(person), pause.error)
    const own = { error, failures: Math.max(failures, pause.failures) }
    const wait = longer(waitOfAll(own))
    probers.set(person, { ...own, since: now(), wait }, now() + wait + REMEMBERED)
  }

  async function onAnswer({ session, person }: Asker, admission: Admission): Promise<void> {
    failing.clear()
    sessions.delete(session)
    probers.delete(person)
    if (admission.type === 'probe') await pauses.resume(name)
  }

  async function onFailure(asker: Asker, admission: Admission, error: AuthError): Promise<void> {
    const { session, person } = asker
    if (failing.size < SEVERAL) failing.add(person)
    const before = admission.type === 'probe' ? admission.failures : 0
    const pause = { error: forAll(error), failures: before + 1 }
    if (admission.type === 'probe') noteProber(person, pause)
    if (!isOfServer(error)) noteSession(session, error)
    // What all are refused may be a mistake in the settings, and ends when that is put right.
    if (isOfServer(error) || failing.size === SEVERAL) {
      return pauses.pause(name, pause, waitOfAll(pause))
    }
    // The server is no worse for it, and somebody else may ask soon.
    if (admission.type === 'probe') {
      await pauses.pause(name, { ...pause, failures: before }, LIMITS.retryDelay)
    }
  }

  /** Whether the server may be asked. Those who come while this process tries hear soon what came of it. */
  async function admit(): Promise<Admission> {
    const admission = await pauses.admit(name, timeout)
    // At once, or others would find it closed before they can see that somebody tries.
    if (admission.type === 'probe') probe = defer()
    if (admission.type !== 'closed' || !probe) return admission
    let callOff = (): void => {}
    const enough = new Promise<void>((resolve) => {
      callOff = after(WAIT, resolve)
    })
    await Promise.race([probe.promise, enough])
    callOff()
    return pauses.admit(name, timeout)
  }

  async function run<T>(
    asker: Asker,
    first: Admission,
    send: (turn: Turn) => Promise<T>,
  ): Promise<T> {
    let admission = first
    const turn: Turn = {
      async mayRepeat() {
        if (admission.type !== 'open') return false
        const next = await pauses.admit(name, timeout)
        if (next.type === 'closed') return false
        admission = next
        return true
      },
    }
    try {
      const result = await send(turn)
      await onAnswer(asker, admission)
      return result
    } catch (error) {
      if (isAuthError(error) && error.retryable) await onFailure(asker, admission, error)
      else if (isAuthError(error) && isAnswer(error)) await onAnswer(asker, admission)
      throw error
    }
  }

  return {
    async attempt(asker, send) {
      checkOwn(sessions.get(asker.session))
      checkOwn(probers.get(asker.person))
      const admission = await admit()
      if (admission.type === 'closed') throw later(admission.error, admission.left)
      const own = admission.type === 'probe' ? probe : null
      try {
        return await run(asker, admission, send)
      } finally {
        own?.resolve()
        if (own && probe === own) probe = null
      }
    },
  }
}
