import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

/** One that signs tokens and publishes keys, with its wire under the test's control. */
export interface Issuer {
  /** How often the key set was asked for. */
  readonly requests: () => number
  /** Serves the key set; what `answer` holds comes instead of it. */
  readonly fetch: typeof fetch
  /** What the wire gives in place of the key set: an answer, or an error to throw. */
  answer: (() => Response | Promise<Response>) | null
  /** Publishes these keys, by their ids. */
  publish(...kids: readonly string[]): void
  /** The key set as it is published. */
  keys(): { readonly keys: readonly JWK[] }
  /** Signs by RS256 with the key called `kid`, which the header names unless `header` differs. */
  sign(claims: JWTPayload, kid?: string, header?: { readonly kid?: string }): Promise<string>
  /** The public key as text, the classic secret of a forged HS256. */
  publicText(kid: string): string
}

/** Makes an issuer with one key for each id; it publishes the first. */
export async function createIssuer(...kids: readonly string[]): Promise<Issuer> {
  const pairs = new Map<string, { readonly privateKey: CryptoKey; readonly jwk: JWK }>()
  for (const kid of kids) {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    pairs.set(kid, {
      privateKey,
      jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' },
    })
  }
  let published = kids.slice(0, 1)
  let requests = 0
  const pair = (kid: string): { readonly privateKey: CryptoKey; readonly jwk: JWK } => {
    const found = pairs.get(kid)
    if (!found) throw new Error(`No key is called ${kid}.`)
    return found
  }
  const issuer: Issuer = {
    requests: () => requests,
    answer: null,
    fetch: async () => {
      requests += 1
      return issuer.answer ? issuer.answer() : Response.json(issuer.keys())
    },
    publish: (...names) => {
      published = [...names]
    },
    keys: () => ({ keys: published.map((kid) => pair(kid).jwk) }),
    sign: (claims, kid = kids[0] ?? '', header = { kid }) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', ...header })
        .sign(pair(kid).privateKey),
    publicText: (kid) => JSON.stringify(pair(kid).jwk),
  }
  return issuer
}
