// Whether a request comes from the browser that its token was given to: DPoP, RFC 9449.
import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'

/** How long a nonce is taken, in ms: a page that has an old one is given the next. */
const LIFE = 60_000

/** Nonces that are good now: that of this minute, and that of the last. */
function createNonces(now) {
  let [current, last, since] = [crypto.randomUUID(), '', now()]
  const turn = () => {
    const passed = now() - since
    if (passed < LIFE) return
    last = passed < 2 * LIFE ? current : ''
    current = crypto.randomUUID()
    since = now()
  }
  return {
    current() {
      turn()
      return current
    },
    takes(nonce) {
      turn()
      return nonce !== undefined && nonce !== '' && [current, last].includes(nonce)
    },
  }
}

/** What a proof says, once its own key has signed it (§4.3, 2 to 7); `null` for any other. */
async function read(proof) {
  try {
    const options = { typ: 'dpop+jwt', algorithms: ['ES256'] }
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, options)
    return { ...payload, jkt: await calculateJwkThumbprint(protectedHeader.jwk) }
  } catch {
    return null
  }
}

/** Makes the check of proofs for an API on `origin`. `now` is ms since the epoch. */
export function createProofs({ origin, now = Date.now }) {
  const nonces = createNonces(now)
  /** Proofs that came, for as long as any nonce is taken; each may come once. */
  let seen = new Map()

  function isNew(jti) {
    if (typeof jti !== 'string' || seen.has(jti)) return false
    seen = new Map([...seen].filter(([, at]) => now() - at < 3 * LIFE)).set(jti, now())
    return true
  }

  return {
    nonce: nonces.current,
    /** What is wrong with a request that carries `token`, bound to the key `jkt`; `null` for nothing. */
    async check(request, { token, jkt }) {
      const said = await read(request.get('DPoP') ?? '')
      const ath = createHash('sha256').update(token).digest('base64url')
      const fits =
        said?.jkt === jkt &&
        said.ath === ath &&
        said.htm === request.method &&
        said.htu === origin + request.originalUrl.split('?')[0]
      if (!fits) return 'invalid_dpop_proof'
      if (!nonces.takes(said.nonce)) return 'use_dpop_nonce'
      return isNew(said.jti) ? null : 'invalid_dpop_proof'
    },
  }
}
