import type { JWSHeaderParameters } from 'jose'
import { decode } from 'jose/base64url'
import { findNodeCrypto, type NodeCrypto } from '../shared/node-crypto.js'
import type { VerificationKey } from './key-set.js'

/** What Node calls the digests of algorithms (RFC 7518 §3.1). Others are left to jose. */
const HASHES: Readonly<Record<string, string>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
}

/** Three parts in base64url (RFC 7515 §7.1). What it lets through of odd lengths jose refuses. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Whether bytes are signed by a key. */
type Check = (signed: Uint8Array, signature: Uint8Array) => boolean

/** A token, what its header says, and the key that it names. */
export interface SignedToken {
  readonly token: string
  readonly header: JWSHeaderParameters
  readonly key: VerificationKey
}

/** Checks signatures by Node's crypto. */
export interface QuickSignatures {
  /**
   * Whether a token is signed by its key; `undefined` where only jose can say, which has not yet taken
   * this key for this algorithm, or must say what is wrong with the token's form.
   */
  isSigned(signed: SignedToken): boolean | undefined
  /**
   * Says that jose found a token genuine, so that its key is one to use for its algorithm: long
   * enough, of the right kind, and meant for it. Where Node finds the same the key is known from now on.
   */
  learn(signed: SignedToken): void
}

function checkOf(node: NodeCrypto, alg: string, key: VerificationKey): Check | null {
  const hash = HASHES[alg]
  if (hash === undefined) return null
  if (key instanceof Uint8Array) {
    if (!alg.startsWith('HS')) return null
    return (signed, signature) => {
      const mac = node.createHmac(hash, key).update(signed).digest()
      return mac.length === signature.length && node.timingSafeEqual(mac, signature)
    }
  }
  if (alg.startsWith('HS')) return null
  const object = node.KeyObject.from(key)
  // The two numbers of ECDSA stand side by side (RFC 7518 §3.4).
  const how = { key: object, dsaEncoding: 'ieee-p1363' }
  return (signed, signature) => node.verify(hash, signed, how, signature)
}

/** The part of a token that is signed, and its signature; nothing for what jose must look at. */
function partsOf(token: string) {
  if (!COMPACT.test(token)) return null
  const end = token.lastIndexOf('.')
  try {
    const signed = new TextEncoder().encode(token.slice(0, end))
    return { signed, signature: decode(token.slice(end + 1)) }
  } catch {
    return null
  }
}

/**
 * Makes what checks signatures without the web's crypto, which costs three times as much. It decides
 * nothing that jose has not decided before: which keys are fit for which algorithms is learnt from
 * jose, key by key, and a key of a set that was loaded anew is a new key.
 */
export function createQuickSignatures(node: NodeCrypto | null = findNodeCrypto()): QuickSignatures {
  const known = new WeakMap<VerificationKey, Map<string, Check | null>>()

  function agrees(check: Check, token: string): boolean {
    const parts = partsOf(token)
    return parts !== null && check(parts.signed, parts.signature)
  }

  return {
    isSigned({ token, header: { alg = '' }, key }) {
      const check = known.get(key)?.get(alg)
      const parts = check && partsOf(token)
      if (!check || !parts) return undefined
      try {
        return check(parts.signed, parts.signature)
      } catch {
        return undefined
      }
    },
    learn({ token, header: { alg }, key }) {
      if (!node || alg === undefined) return
      const checks = known.get(key) ?? new Map<string, Check | null>()
      if (checks.has(alg)) return
      known.set(key, checks.set(alg, null))
      try {
        const check = checkOf(node, alg, key)
        // A runtime that is like Node may lack a curve, or what the names stand for.
        if (check && agrees(check, token)) checks.set(alg, check)
      } catch {
        // It stays with jose.
      }
    },
  }
}
