/** Holds sealed sessions that are too large for cookies. What it holds is sealed by the cookie's password. */
export interface SessionStore {
  /**
   * Keeps a seal under a name, for `ttl` ms, in place of one that was there.
   * @throws AuthError `storage` when it could not; an error of another kind counts as that.
   */
  put(name: string, sealed: string, ttl: number): Promise<void>
  /**
   * The seal under a name; `null` or `undefined` when there is none.
   * @throws AuthError `storage` when that cannot be told now; an error of another kind counts as that.
   */
  get(name: string): Promise<string | null | undefined>
  /** Keeps what is under a name for no more than `ttl` ms from now; 0 is no longer at all. */
  expire(name: string, ttl: number): Promise<void>
}
