/** Holds sealed sessions that are too large for cookies. What it holds is sealed by the cookie's password. */
export interface SessionStore {
  /**
   * Keeps a seal under a name, for `ttl` ms.
   * @throws AuthError `storage` when it could not.
   */
  put(name: string, sealed: string, ttl: number): Promise<void>
  /**
   * The seal under a name; `null` when there is none.
   * @throws AuthError `storage` when that cannot be told now.
   */
  get(name: string): Promise<string | null>
  /** Keeps what is under a name for no more than `ttl` ms from now; 0 is no longer at all. */
  expire(name: string, ttl: number): Promise<void>
}
