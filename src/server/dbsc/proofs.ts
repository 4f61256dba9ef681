import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { jwtVerify } from 'jose/jwt/verify'
import { text } from '../../providers/shared/json.js'
import { type DeviceKey, readDeviceKey } from './keys.js'

/** What a browser has signed. */
export interface DeviceProof {
  readonly key: DeviceKey
  /** What it was asked to sign. */
  readonly challenge: string
}

/** How a proof is read. */
export interface ProofOptions {
  /** The key that must have signed it; without one it brings its own, which says nothing of whose it is. */
  readonly key?: DeviceKey | undefined
  /** Milliseconds since the epoch. */
  now(): number
}

/** The longest proof: one with an RSA key of 4096 bits and a challenge of ours takes 3 kB. */
const LONGEST = 8_192
/** Three parts in base64url (RFC 7515 §7.1). */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

const looksSigned = (token: string): boolean => token.length <= LONGEST && COMPACT.test(token)

/** The key by which to check a proof; `null` where it names none that does. */
function keyOf(token: string, { key }: ProofOptions): DeviceKey | null {
  const { typ, jwk } = decodeProtectedHeader(token)
  // jose would take `application/dbsc+jwt` too; no browser writes it.
  return typ === 'dbsc+jwt' ? (key ?? readDeviceKey(jwk)) : null
}

/** Reads what a browser signed; `null` for what is no proof, or not signed by its key. Never throws. */
export async function readProof(token: string, options: ProofOptions): Promise<DeviceProof | null> {
  if (!looksSigned(token)) return null
  try {
    const key = keyOf(token, options)
    if (!key) return null
    // A key is for one algorithm, and nothing signed by another is a proof.
    const { payload } = await jwtVerify(token, key, {
      algorithms: [key.alg],
      currentDate: new Date(options.now()),
    })
    const challenge = text(payload.jti)
    return challenge === undefined ? null : { key, challenge }
  } catch {
    // jose throws for whatever is no JWT, and for keys that are none.
    return null
  }
}
