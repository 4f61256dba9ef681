/** What a server remembers of proofs. */
export interface Proofs {
  /** The `jti` of every proof that was taken. */
  readonly seen: Set<string>
  /** The nonce of a moment, so many before the newest. */
  nonce(age: number): string
}

/** Makes the memory of one server. */
export function createProofs(
  lifetime: number,
  { now, newToken }: { now(): number; newToken(): string },
): Proofs {
  const nonces = new Map<number, string>()
  return {
    seen: new Set(),
    nonce(age) {
      const step = Math.floor(now() / lifetime) - age
      const known = nonces.get(step) ?? newToken()
      nonces.set(step, known)
      return known
    },
  }
}
