/** What of a request is looked at. */
interface ProvenRequest {
  readonly method: string
  /** The path, with its query. */
  readonly originalUrl: string
  get(name: string): string | undefined
}

/** The check of proofs for one API. */
interface Proofs {
  /** The nonce that proofs should hold from now on. */
  nonce(): string
  /** What is wrong with a request that carries `token`, bound to the key `jkt`; `null` for nothing. */
  check(
    request: ProvenRequest,
    bond: { readonly token: string; readonly jkt: string },
  ): Promise<'invalid_dpop_proof' | 'use_dpop_nonce' | null>
}

/** Makes the check of proofs for an API on `origin`. `now` is ms since the epoch. */
export function createProofs(options: { readonly origin: string; now?(): number }): Proofs
