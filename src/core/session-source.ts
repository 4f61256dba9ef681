import type { Awaitable, Signal, Storage } from './ports.js'
import type { SessionRecord } from './record.js'
import type { Grant, Session, SessionUser } from './session.js'
import type { Observation } from './state.js'
import type { Now } from './timing.js'

/** What a source works with while it holds the lock. */
export interface SourceDesk<User extends SessionUser> {
  /** The client's own storage. */
  readonly storage: Storage
  now(): Now
  /** What the client's storage says. @throws AuthError `storage`, `timeout`. */
  read(): Promise<Observation<User>>
  /**
   * Saves a session and makes it current, unless somebody has signed in since `read`. `asked`: when it
   * was asked for; `base`: the record that it follows. Resolves to whether storage has it.
   * @throws AuthError `bad_response` for what is no session.
   */
  establish(grant: Grant<User>, asked: Now, base?: SessionRecord<User>): Promise<boolean>
  /** Makes storage say that nobody is signed in any more. */
  end(record: SessionRecord<User> | null): Promise<void>
  /** Tells the server, without waiting for it, that a session of its has ended. */
  revoke(grant: Grant<User>, asked: Now): void
  /** Sends one request to the provider, within its time. */
  request<T>(send: (context: { readonly signal: Signal }) => Promise<T>): Promise<T>
  /** Reads or writes another storage, within the time that the own one has. */
  within<T>(work: () => Awaitable<T>): Promise<T>
  report(error: unknown): void
}

/** Where a session may be, besides the client's own storage. It is looked for at each start. */
export interface SessionSource<User extends SessionUser> {
  /**
   * Looks for it, inside the lock. Resolves to what the client's storage says, or to `null` once the
   * session found is current.
   */
  find(desk: SourceDesk<User>): Promise<Observation<User> | null>
  /** Removes what is left there, at the end of a session. `own`: the client's storage. */
  forget?(own: Storage): Awaitable<unknown>
}

/** Where the cookies of this browser hold the session; made by `resumeWith()`. */
export interface Resume<User extends SessionUser> extends SessionSource<User> {
  /**
   * Asks the server whose session they hold. `known` is the one that storage has. `null` when it is
   * nobody's, nothing when there is nothing to ask.
   */
  ask(
    known: Session<User> | null,
    context: { readonly signal: Signal },
  ): Promise<Grant<User> | null | undefined>
}
