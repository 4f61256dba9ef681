import { decodeJwt, decodeProtectedHeader } from 'jose'
import { vi } from 'vitest'
import { createPkce } from '../../src/providers/shared/pkce.js'
import {
  createOidc,
  createOidcSessions,
  type OidcServerOptions,
  type OidcSignInRequest,
} from '../../src/server/oidc/index.js'
import { createSealedSessions } from '../../src/server/sealed/sealed-sessions.js'
import { openSigningIssuer } from '../server/oidc/signing-issuer.js'
import { FIRST, PASSWORD } from '../server/sealed/sealed-sessions-stage.js'
import { makeKey } from '../support/oidc-issuer.js'
import { answering, CALLBACK, DOCUMENT, ISSUER } from '../support/oidc-wire.js'
import { context, type Reply } from '../support/wire.js'
import type { Probe } from './documented.js'

/** A client whose requests are answered by hand. */
function clientOf(options: Partial<OidcServerOptions> = {}, ...replies: Reply[]) {
  const { sent, fetch } = answering(...replies)
  const proof = options.privateKey ? {} : { clientSecret: 'secret' }
  const base = { issuer: ISSUER, clientId: 'web', metadata: DOCUMENT, fetch, ...proof }
  return { oidc: createOidc({ ...base, ...options }), sent }
}

const TOKENS: Reply = [200, { access_token: 'a', refresh_token: 'r', expires_in: 60 }]

/** The fields and headers of a refresh. */
async function refreshBy(options: Partial<OidcServerOptions> = {}) {
  const { oidc, sent } = clientOf(options, TOKENS)
  await oidc.refresh('refresh', context())
  return { form: sent[0]?.form ?? {}, headers: sent[0]?.headers ?? new Headers() }
}

/** What a sign-in asks for. */
async function askedOf(
  request: Partial<OidcSignInRequest> = {},
  options: Partial<OidcServerOptions> = {},
) {
  const { challenge: codeChallenge } = await createPkce()
  const asked = { redirectUri: CALLBACK, state: 'state', codeChallenge, ...request }
  const url = await clientOf(options).oidc.authorizeUrl(asked)
  return Object.fromEntries(new URL(url).searchParams)
}

/** A private key as a JWK. */
async function keyOf(algorithm: RsaHashedKeyGenParams | EcKeyGenParams): Promise<JsonWebKey> {
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Not a pair of keys.')
  return crypto.subtle.exportKey('jwk', pair.privateKey)
}
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
}

/** The text that a key signs. */
async function assertionOf(options: Partial<OidcServerOptions> = {}): Promise<string> {
  const privateKey = options.privateKey ?? { key: await keyOf(EC) }
  return (await refreshBy({ ...options, privateKey })).form.client_assertion ?? ''
}

/** The fields of a token exchange of which no more than the token is said, and who acts. */
async function exchanged() {
  const { oidc, sent } = clientOf({}, TOKENS)
  await oidc.exchangeToken({ subjectToken: 'subject', actorToken: 'actor' })
  return sent[0]?.form ?? {}
}
const shortType = (name = ''): string => name.replace('urn:ietf:params:oauth:token-type:', '')

/** What clients on servers do that are told nothing. */
export const oidcServerProbes: Readonly<Record<string, Probe>> = {
  'SessionProvider.sealedExtras': {
    says: 'nothing',
    async observe() {
      const told: unknown[] = []
      const signOut = async (session: object): Promise<void> => void told.push(session)
      const provider = { id: 'by-hand', refresh: async () => null, signOut }
      const sessions = createSealedSessions({ provider, verification: 'seal' })
      const grant = { ...FIRST, user: { id: 'user_1' }, lifetime: 1, extras: { id_token: 'x' } }
      const value = await sessions.sealSession(grant, { password: PASSWORD })
      await sessions.signOut({ value, password: PASSWORD })
      return JSON.stringify(told).includes('"extras":{}')
    },
  },
  'SessionProvider.renews': {
    says: 'it does',
    async observe() {
      const grant = { accessToken: 'a', refreshToken: 'r', lifetime: 60_000, user: { id: 'ada' } }
      const provider = { id: 'by-hand', refresh: async () => grant }
      const sessions = createSealedSessions({ provider, verification: 'seal' })
      const value = await sessions.sealSession(grant, { password: PASSWORD })
      const session = sessions.openSession({ value, password: PASSWORD })
      return (await session.refreshSession()).signedIn
    },
  },
  'OidcPrivateKey.keyId': {
    says: 'that of the JWK',
    async observe() {
      const key = { ...(await keyOf(EC)), kid: 'key-1' }
      return decodeProtectedHeader(await assertionOf({ privateKey: { key } })).kid === 'key-1'
    },
  },
  'OidcPrivateKey.algorithm': {
    says: 'that of the key, `RS256` for an RSA key that names none',
    async observe() {
      const { alg: _, ...key } = await keyOf(RSA)
      const algorithms = [
        decodeProtectedHeader(await assertionOf({ privateKey: { key } })).alg,
        decodeProtectedHeader(await assertionOf({ privateKey: { key: await keyOf(EC) } })).alg,
      ]
      return algorithms.join() === 'RS256,ES256'
    },
  },
  'OidcServerOptions.clientAuthentication': {
    says: "'client_secret_basic' with a secret, 'private_key_jwt' with a key; none must be said",
    async observe() {
      const basic = (await refreshBy()).headers.get('authorization')?.startsWith('Basic ')
      const { clientSecret: _, ...rest } = { clientSecret: undefined }
      const silent = { issuer: ISSUER, clientId: 'web', ...rest }
      const refused = await Promise.resolve(silent)
        .then(createOidc)
        .catch(({ code }) => code)
      return basic && (await assertionOf()) !== '' && refused === 'invalid_argument'
    },
  },
  'OidcServerOptions.assertionAudience': {
    async observe() {
      const { aud } = decodeJwt(await assertionOf())
      return aud === ISSUER ? 'issuer' : aud
    },
  },
  'OidcServerOptions.resource': {
    says: 'as the server has it',
    observe: async () => (await askedOf()).resource === undefined,
  },
  'OidcServerOptions.pushRequests': {
    says: 'where the server takes or requires it, and lets this client',
    async observe() {
      const pushed_authorization_request_endpoint = 'https://id.example/par'
      const metadata = { ...DOCUMENT, pushed_authorization_request_endpoint }
      const { challenge: codeChallenge } = await createPkce()
      const request = { redirectUri: CALLBACK, state: 'state', codeChallenge }
      const taken = clientOf({ metadata }, [201, { request_uri: 'urn:a' }])
      const refused = clientOf({ metadata }, [400, { error: 'unauthorized_client' }])
      const short = await taken.oidc.authorizeUrl(request)
      const whole = await refused.oidc.authorizeUrl(request)
      return short.includes('urn') && whole.includes('state=state') && refused.sent.length === 1
    },
  },
  'OidcServerOptions.hintParameters': {
    says: "{ organizationId: 'organization', domainHint: 'domain_hint' }",
    async observe() {
      const asked = await askedOf({ organizationId: 'one', domainHint: 'two' })
      return `${asked.organization} ${asked.domain_hint}` === 'one two'
    },
  },
  'OidcServerOptions.verifyIdToken': {
    says: 'they are believed as they come from the token endpoint over TLS (OIDC Core §3.1.3.7)',
    async observe() {
      const forged = await makeKey('key-1')
      const { signIn, jwks, whoIs } = await openSigningIssuer()
      await signIn((claims) => forged.sign(claims))
      return (await whoIs())?.id === 'ada' && jwks.asked === 0
    },
  },
  'OidcServerOptions.keepIdToken': {
    observe: () => clientOf().oidc.sealedExtras.includes('id_token'),
  },
  'OidcServerOptions.revokesTokens': { observe: () => clientOf().oidc.signOut !== undefined },
  'OidcServerOptions.requestTimeout': {
    async observe() {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      try {
        const { oidc } = clientOf({ fetch: () => new Promise(() => {}) })
        let late = false
        const failed = oidc.revoke('token').catch(() => {
          late = true
        })
        let ms = 0
        for (; !late; ms += 500) await vi.advanceTimersByTimeAsync(500)
        await failed
        return ms
      } finally {
        vi.useRealTimers()
      }
    },
  },
  'OidcServerOptions.now': {
    says: 'Date.now',
    async observe() {
      vi.spyOn(Date, 'now').mockReturnValue(5_000_000)
      return decodeJwt(await assertionOf()).iat === 5_000
    },
  },
  'OidcSignInRequest.screenHint': {
    says: 'with the sign-in',
    observe: async () =>
      (await askedOf({}, { metadata: { ...DOCUMENT, prompt_values_supported: ['create'] } }))
        .prompt === undefined,
  },
  'OidcTokenRequest.scope': {
    says: 'as the server has it',
    async observe() {
      const { oidc, sent } = clientOf({}, TOKENS)
      await oidc.clientCredentials()
      return Object.keys(sent[0]?.form ?? {}).join() === 'grant_type'
    },
  },
  'OidcTokenExchange.subjectTokenType': {
    observe: async () => shortType((await exchanged()).subject_token_type),
  },
  'OidcTokenExchange.actorTokenType': {
    observe: async () => shortType((await exchanged()).actor_token_type),
  },
  'OidcTokenExchange.requestedTokenType': {
    says: 'as the server has it',
    observe: async () => !('requested_token_type' in (await exchanged())),
  },
  'OidcSessionsOptions.verification': {
    says: "{ type: 'seal' }",
    async observe() {
      const { oidc, sent } = clientOf()
      const sessions = createOidcSessions({ server: oidc })
      const grant = { accessToken: 'a', refreshToken: 'r', lifetime: 60_000, user: { id: 'ada' } }
      const value = await sessions.sealSession(grant, { password: PASSWORD })
      const found = await sessions.openSession({ value, password: PASSWORD }).getSession()
      return found.signedIn && sent.length === 0
    },
  },
}
