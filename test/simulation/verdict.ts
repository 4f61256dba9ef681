import { count, type Tally } from './tally.js'

/**
 * What must hold, each with the sentence that a violation breaks. To add one, name it here and
 * call `check` wherever it can be told; a run that never evaluates it fails.
 */
export const INVARIANTS = {
  'one-in-flight': 'at most one exchange is in flight per refresh token',
  'waits-in-line': 'nobody goes without a lock that is handed on',
  'sent-once': 'no refresh token is sent twice, except after an answer that was lost',
  warranted: 'a request is an expiry, a call of refreshSession, or a retry after a fault',
  'one-per-life':
    'hosts whose clocks differ refresh at most twice a life: one that has traded a token itself, once',
  paced: 'retries keep their distance',
  'one-patience': 'an outage costs one client’s worth of requests, whatever the contexts',
  'saved-before-told': 'no event comes before its save',
  'initial-first': 'INITIAL_SESSION is heard once, and first',
  'events-in-order': 'events come in order, and none twice',
  'told-as-refreshed': 'a new refresh token of the same session is told as TOKEN_REFRESHED',
  identity: 'a session, its token and its user are the same person’s',
  'own-answer': 'a call is never answered with another account’s session',
  'asked-after': 'refreshSession resolves to a session that was asked for after the call',
  alive: 'getSession never serves a token that the client could know is dead',
  'stays-signed-out': 'who signed out stays signed out',
  'not-lost': 'a session ends only by the server’s word or a person’s wish',
  'no-storm': 'a world comes to rest after so many steps',
  'served-in-time': 'nobody is served a session whose time is up',
  'ended-in-time': 'no session ends before its time is up, while anybody uses it in any tab',
  bounded: 'every call settles within its bound',
  'closed-codes': 'every failure is an AuthError',
  'silent-after-dispose': 'after dispose no request is sent, and in the end no timer is left',
  'taken-over': 'the session of another library is taken over once, and not left behind',
  'resumes-nobody-ended':
    'a start never brings back a session whose end storage knows, though cookies hold it',
  'starts-agree': 'contexts that start at once say the same',
  'one-person': 'at rest storage and cookies name the same session',
  'found-out': 'who starts while nobody can tell who is signed in finds out without being asked',
  'rest-agreement': 'at rest all contexts and storage hold the same session',
  'rest-works': 'at rest the session that is left can be refreshed',
} as const

/** The name of an invariant. */
export type Invariant = keyof typeof INVARIANTS

/** A promise that was broken. */
export interface Violation {
  readonly invariant: Invariant
  readonly what: string
}

/** Evaluates invariants, and keeps the first violation. */
export interface Verdict {
  readonly tally: Tally
  check(invariant: Invariant, holds: boolean, what: () => string): void
  violation(): Violation | null
}

/** Makes a verdict on one run; `tell` hears of the first violation when it happens. */
export function createVerdict(tell: (violation: Violation) => void = () => {}): Verdict {
  const tally: Tally = {}
  let violation: Violation | null = null
  return {
    tally,
    violation: () => violation,
    check(invariant, holds, what) {
      count(tally, `evaluated ${invariant}`)
      if (holds || violation) return
      violation = { invariant, what: what() }
      tell(violation)
    },
  }
}
