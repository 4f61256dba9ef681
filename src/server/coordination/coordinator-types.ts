import type { Pauses } from './pauses.js'

/** What a run of shared work came to. */
export interface CoordinatedResult {
  readonly text: string
  /** When the work began: ms since the epoch, by this process's clock. */
  readonly startedAt: number
  /**
   * How long it had been there when it was handed out again, in ms; nothing for those who waited for
   * it.
   */
  readonly age?: number | undefined
}

/** What results are to the one who works. */
export interface OnceOptions {
  /**
   * Whether a result says no. Strangers can bring about as many of those as they like, so that they
   * are kept apart from those of sessions, and fewer of them. @default none does
   */
  readonly isRefusal?: ((text: string) => boolean) | undefined
  /** How long those who come later get the result, in ms. @default as the coordinator has it */
  readonly replay?: number | undefined
  /**
   * Whether the result is kept apart from those of refreshes, which would push it out: where what counts is that
   * the work is done once, for all of `replay`.
   */
  readonly apart?: boolean | undefined
}

/** What a tombstone stands for. */
export interface TombstoneOptions {
  /**
   * Whether the auth server has ended the session too. Where it has not, the tombstone is all that
   * keeps a stolen cookie out, and must be the last to go. @default true
   */
  readonly confirmed?: boolean | undefined
  /**
   * Whether it is an error that the other processes cannot be told: it counts in this one all the same, which is
   * enough for a sign-out, whose auth server is told as well. @default false
   */
  readonly everywhere?: boolean | undefined
  /** Whether a tombstone that is there already stays as it is: what counts is when the first one was set. */
  readonly keepsFirst?: boolean | undefined
  /**
   * Whether it has room apart from sign-outs, of which there are many and most stand for minutes: it is about a
   * session that nobody has signed out of, and stands as long as that may live.
   */
  readonly apart?: boolean | undefined
}

/** How it is asked when something was ended. */
export interface EndedAtOptions {
  /**
   * Whether it is an error that the other processes cannot be asked, unless this one knows of an end. Without it they
   * are taken to know of none: an outage signs nobody out. @default false
   */
  readonly everywhere?: boolean | undefined
}

/** Makes refreshes rare where many requests of one session arrive together. */
export interface Coordinator {
  /**
   * Runs `work` once among all who ask with this key, now and for a while after: the others get
   * its result. A failure reaches all who wait for it and is not kept. Rejects only as `work` does,
   * which must end by itself.
   */
  once(key: string, work: () => Promise<string>, options?: OnceOptions): Promise<CoordinatedResult>
  /**
   * Leaves a tombstone for what has this name, a session or a person, for `ttl` ms, in place of one that was there.
   * @throws AuthError `invalid_argument` when `ttl` is no positive number; `storage`, `retryable`, when it is to
   *   count `everywhere` and does not.
   */
  end(name: string, ttl: number, options?: TombstoneOptions): Promise<void>
  /** Whether a name has a tombstone. */
  ended(name: string): Promise<boolean>
  /**
   * When its tombstone was set, in ms since the epoch by the clock of the process that did; `null` where it has
   * none. Each is later than the one that it took the place of.
   * @throws AuthError `storage`, `retryable`, when it is asked `everywhere` and nobody can tell now.
   */
  endedAt(name: string, options?: EndedAtOptions): Promise<number | null>
  /**
   * Calls `onEnd` when one of these names gets a tombstone, maybe without need: at once where this process leaves it.
   * Of one that another process leaves, `redisCoordinator` hears at its next look into Redis: one each 500 ms, and the
   * time that the commands take, while anybody waits here; none while Redis fails. Resolves to what stops it.
   */
  watch(names: readonly string[], onEnd: () => void): Promise<() => void>
  /** Which auth servers are left alone after a failure. */
  readonly pauses: Pauses
}
