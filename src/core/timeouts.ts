import type { AuthError } from './errors.js'
import type { TimeoutReason } from './events.js'
import type { End } from './pointer.js'
import type { Environment } from './ports.js'
import type { Section } from './section.js'
import type { Session, SessionUser } from './session.js'
import type { Observation } from './state.js'
import type { Store } from './store.js'
import type { Vault } from './vault.js'

/** A sign-in that lasted too long, or that nobody used for too long. */
export interface TimedOut {
  readonly reason: TimeoutReason
  readonly error: AuthError
}

/** What a watch over one client's session works with. */
export interface TimeoutsDesk {
  readonly environment: Environment
  readonly store: Pick<Store<SessionUser>, 'now' | 'held' | 'tell'>
  readonly vault: Pick<Vault<SessionUser>, 'readText' | 'updateText'>
  readonly section: Pick<Section, 'locked'>
  readonly path: {
    /** Reads storage, and changes nothing. @throws AuthError `storage`, `timeout`. */
    read(): Promise<readonly [seen: Observation<SessionUser>, sinceLook: number]>
    /** Brings storage to say that a sign-in has ended, and tells the other contexts. */
    end(end: End, session?: Session): Promise<void>
  }
  /** Nobody is signed in here any more, whatever is under way. */
  leave(by: TimedOut): void
  /** Ends a session at the server, in the background. */
  revoke(session: Session): void
  /** Tells subscribers, and waits for what is due next. */
  settle(): void
  /** Has the other contexts look at storage, and at their clocks. */
  announce(): void
}

/** Watches over how long one client's session lasts. */
export interface TimeoutsWatch {
  /** Milliseconds until something has to be done; Infinity while nothing has. */
  until(): number
  /** Does what is due. */
  tick(): void
  /** Nothing while the session may go on; otherwise settles once it is known, and the session has ended if so. */
  timedOut(): Promise<void> | undefined
  /** What storage was found to say, but for a session whose time is up: that one ends before anybody is given it. */
  admit<User extends SessionUser>(seen: Observation<User>): Promise<Observation<User>>
  /** Somebody is there: counts as use. Settles once the other contexts can know of it. */
  stay(): Promise<void>
  dispose(): void
}

/** When sessions end, in ms; Infinity for never. */
export interface TimeoutLimits {
  readonly idle: number
  readonly absolute: number
  readonly notice: number
}

/** Ends sessions by time; made by `sessionTimeouts()`. */
export interface Timeouts {
  /** What the app has set, for those who show it. */
  readonly limits?: TimeoutLimits | undefined
  watch(desk: TimeoutsDesk): TimeoutsWatch
}
