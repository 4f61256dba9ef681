import { SignJWT } from 'jose/jwt/sign'
import { AuthError } from '../../core/errors.js'
import { bytesOf } from '../../providers/shared/base64.js'
import { asObject, text } from '../../providers/shared/json.js'
import { base64url } from '../../providers/shared/pkce.js'
import { basicAuthorization } from '../shared/basic.js'
import type { OidcPrivateKey, OidcServerOptions } from './types.js'

type Form = Readonly<Record<string, string | undefined>>

/** How one client proves who it is. */
export interface ClientProof {
  /** Headers of every request that proves it. */
  readonly headers: Readonly<Record<string, string>>
  /** What nobody may read in an error; nothing where no secret is sent. */
  readonly secret: string | undefined
  /** The fields of a form, with the proof in them. @throws AuthError `invalid_argument` for an unfit key. */
  prove(form: Form, tokenEndpoint: string): Promise<Form>
}

type Options = Pick<
  OidcServerOptions,
  | 'issuer'
  | 'clientId'
  | 'clientSecret'
  | 'privateKey'
  | 'clientAuthentication'
  | 'assertionAudience'
  | 'now'
>

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** How long a proof is good, in seconds: as long as a request may take, and clocks differ. */
const LIFE = 60
/** What a public key can check: a secret that both share is none. */
const ALGORITHMS = /^(RS|PS|ES)(256|384|512)$|^EdDSA$|^Ed25519$/
const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
}

/** What a certificate stands between in a text of PEM (RFC 7468 §5.1). */
const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----']

function reject(message: string): never {
  throw new AuthError('invalid_argument', message)
}

/** The bytes of a certificate in a text of PEM; nothing where none is given. */
function certificateIn(pem: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (pem === undefined) return undefined
  const [, rest = ''] = (text(pem) ?? '').split(BEGIN, 2)
  const [base64 = '', ...after] = rest.split(END, 2)
  try {
    return bytesOf(base64.trim() && after.length > 0 ? base64 : '=')
  } catch {
    return reject('`privateKey.certificate` is a certificate, as a text of PEM.')
  }
}

/** What a header calls a certificate, by which servers such as Entra find it (RFC 7515 §4.1.7 and §4.1.8). */
async function thumbprintsOf(certificate: Uint8Array<ArrayBuffer> | undefined) {
  if (!certificate) return {}
  const digest = async (hash: string): Promise<string> =>
    base64url(new Uint8Array(await crypto.subtle.digest(hash, certificate)))
  return { x5t: await digest('SHA-1'), 'x5t#S256': await digest('SHA-256') }
}

/** The algorithm of a key that says no other (RFC 7518 §3.1). */
function algorithmOf(key: OidcPrivateKey['key']): string {
  const known = asObject('algorithm' in key ? key.algorithm : key) ?? {}
  const hash = text(asObject(known.hash)?.name)?.replace('SHA-', '')
  if (hash) return `${known.name === 'RSA-PSS' ? 'PS' : 'RS'}${hash}`
  if (known.kty === 'RSA') return text(known.alg) ?? 'RS256'
  const curve = text(known.crv) ?? text(known.namedCurve) ?? text(known.name) ?? ''
  return text(known.alg) ?? CURVES[curve] ?? ''
}

/** Whether it is the private half of a pair of keys. */
function isPrivate(key: OidcPrivateKey['key']): boolean {
  if (!asObject(key)) return false
  return 'usages' in key ? key.type === 'private' && key.usages.includes('sign') : 'd' in key
}

function checkPrivateKey({ key, keyId, algorithm, certificate }: OidcPrivateKey) {
  if (!isPrivate(key)) {
    reject('`privateKey.key` is a private key that signs: a JWK, or a CryptoKey.')
  }
  const alg = algorithm ?? algorithmOf(key)
  if (!ALGORITHMS.test(alg)) {
    reject('`privateKey.algorithm` is one of RS, PS or ES with 256, 384 or 512, or EdDSA.')
  }
  const kid = keyId ?? ('kid' in key ? text(key.kid) : undefined)
  return {
    key,
    header: { alg, typ: 'JWT', ...(kid && { kid }) },
    certificate: certificateIn(certificate),
  }
}

/** Makes the proof by a signed text about this client (RFC 7523 §2.2 and §3, OIDC Core §9). */
function byPrivateKey(options: Options, privateKey: OidcPrivateKey): ClientProof {
  const { issuer, clientId, assertionAudience = 'issuer', now = () => Date.now() } = options
  if (!/^(issuer|token_endpoint)$/.test(assertionAudience)) {
    reject('`assertionAudience` is `issuer` or `token_endpoint`.')
  }
  const { key, header, certificate } = checkPrivateKey(privateKey)
  return {
    headers: {},
    secret: undefined,
    async prove(form, tokenEndpoint) {
      const iat = Math.floor(now() / 1000)
      const claims = { iss: clientId, sub: clientId, iat, exp: iat + LIFE }
      // Whoever got one for another server could else use it here.
      const aud = assertionAudience === 'issuer' ? issuer : tokenEndpoint
      const assertion = await new SignJWT({ ...claims, aud, jti: crypto.randomUUID() })
        .setProtectedHeader({ ...header, ...(await thumbprintsOf(certificate)) })
        .sign(key)
        .catch(() => reject('The `privateKey` cannot sign: it does not fit its algorithm.'))
      return { ...form, client_assertion_type: ASSERTION, client_assertion: assertion }
    },
  }
}

function bySecret(
  { clientId, clientSecret = '' }: Options,
  method: 'client_secret_basic' | 'client_secret_post',
): ClientProof {
  if (method === 'client_secret_post') {
    const prove = async (form: Form) => ({ ...form, client_secret: clientSecret })
    return { headers: {}, secret: clientSecret, prove }
  }
  return {
    headers: { Authorization: basicAuthorization(clientId, clientSecret) },
    secret: clientSecret,
    // One way of saying who it is at a time (RFC 6749 §2.3).
    prove: async ({ client_id: _, ...form }) => form,
  }
}

/** The way that was meant; what it takes must be there, and nothing that goes unused. */
function methodOf({ clientSecret, privateKey, clientAuthentication }: Options) {
  const byKey = privateKey === undefined ? undefined : 'private_key_jwt'
  const usual = clientSecret === undefined ? byKey : 'client_secret_basic'
  const method = clientAuthentication ?? usual
  const wants = { clientSecret: /^client_secret_(basic|post)$/, privateKey: /^private_key_jwt$/ }
  const given = { clientSecret, privateKey }
  const fits = (name: 'clientSecret' | 'privateKey'): boolean =>
    wants[name].test(method ?? '') === (given[name] !== undefined)
  if (!method || !fits('clientSecret') || !fits('privateKey')) {
    reject(
      'Pass a `clientSecret` or a `privateKey`, and a `clientAuthentication` that takes it; or `none` for a public client.',
    )
  }
  return method
}

/** Makes what proves who a client is. @throws AuthError `invalid_argument` for what cannot work. */
export function createClientProof(options: Options): ClientProof {
  const { clientSecret, privateKey } = options
  const method = methodOf(options)
  if (privateKey) return byPrivateKey(options, privateKey)
  if (method === 'client_secret_basic' || method === 'client_secret_post') {
    if (!text(clientSecret)) reject('The `clientSecret` is a text that is not empty.')
    return bySecret(options, method)
  }
  if (method !== 'none') reject('`clientAuthentication` is no way that is known here.')
  return { headers: {}, secret: undefined, prove: async (form) => form }
}
