import { type AuthError, isAuthError } from '../../core/errors.js'
import { nextAttempt } from '../../core/patience.js'
import { isLately } from '../shared/lately.js'
import { after } from '../shared/time-limit.js'
import { createExpiring } from './expiring.js'
import { type Admission, type Pause, type Pauses, REMEMBERED } from './pauses.js'
import { forAll, isAnswer, isOfServer, later } from './server-failures.js'

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
  nextAttempt({ error, failures, spent: false, since: NOW, jitter: 1 }, NOW, LIMITS)

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

/** An admission, and what those are told who wait for what comes of it. */
interface Admitted {
  readonly admission: Admission
  done(): void
}

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

  /** Asks whether the server may be asked. Whoever is to try for all is waited for from then on. */
  async function ask(): Promise<Admitted> {
    const admission = await pauses.admit(name, timeout)
    if (admission.type !== 'probe') return { admission, done: () => {} }
    // At once, or others would find it closed before they can see that somebody tries.
    const own = defer()
    probe = own
    return {
      admission,
      done() {
        own.resolve()
        if (probe === own) probe = null
      },
    }
  }

  /** As `ask`; those who come while this process tries hear soon what came of it. */
  async function admit(): Promise<Admitted> {
    const admitted = await ask()
    if (admitted.admission.type !== 'closed' || !probe) return admitted
    let callOff = (): void => {}
    const enough = new Promise<void>((resolve) => {
      callOff = after(WAIT, resolve)
    })
    await Promise.race([probe.promise, enough])
    callOff()
    return ask()
  }

  /** Whoever was to try for all has learnt nothing of the server: somebody else may try, in a moment. */
  async function giveBack({ admission, done }: Admitted): Promise<void> {
    try {
      if (admission.type !== 'probe') return
      const { error, failures } = admission
      await pauses.pause(name, { error, failures }, LIMITS.retryDelay)
    } finally {
      done()
    }
  }

  async function run<T>(
    asker: Asker,
    first: Admitted,
    send: (turn: Turn) => Promise<T>,
  ): Promise<T> {
    let admitted = first
    let over = false
    const turn: Turn = {
      async mayRepeat() {
        if (over || admitted.admission.type !== 'open') return false
        const next = await ask()
        //   this request            pauses, which are slow to say
        //   asks whether it may be repeated
        //   runs out of its time
        //                           say that it is to try for all: nobody would, for as long as a turn lasts
        if (over) await giveBack(next)
        if (over || next.admission.type === 'closed') return false
        admitted = next
        return true
      },
    }
    try {
      const result = await send(turn)
      over = true
      await onAnswer(asker, admitted.admission)
      return result
    } catch (error) {
      over = true
      const { admission } = admitted
      if (isAuthError(error) && error.retryable) await onFailure(asker, admission, error)
      else if (isAuthError(error) && isAnswer(error)) await onAnswer(asker, admission)
      else await giveBack(admitted)
      throw error
    } finally {
      admitted.done()
    }
  }

  return {
    async attempt(asker, send) {
      checkOwn(sessions.get(asker.session))
      checkOwn(probers.get(asker.person))
      const admitted = await admit()
      const { admission } = admitted
      if (admission.type === 'closed') throw later(admission.error, admission.left)
      return run(asker, admitted, send)
    },
  }
}
