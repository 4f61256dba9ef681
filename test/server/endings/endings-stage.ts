import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import {
  createOidcServerWorld,
  ISSUER,
  type OidcServerWorldOptions,
} from '../oidc/oidc-server-world.js'

/** What a logout token tells of. */
export const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
export const BACK_CHANNEL = 'https://app.example/auth/back-channel-logout'
export const REVOCATION = 'https://app.example/auth/global-token-revocation'
export const OKTA = 'https://org.okta.example'
export const FORM = 'application/x-www-form-urlencoded'

/** The keys of a server that signs, and where they are had. */
export async function createSigner(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }
  const state = { lookups: 0, isDown: false }
  const keys = {
    jwksUrl: 'https://id.example/keys',
    fetch: async () => {
      state.lookups += 1
      if (state.isDown) throw new TypeError('The network is down.')
      return Response.json({ keys: [jwk] })
    },
  }
  const sign = (claims: object, header: object = {}): Promise<string> =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid, ...header }).sign(privateKey)
  return { keys, sign, state, jwk, privateKey }
}

/** An app with a backend whose auth server signs logout tokens by keys of its own; Ada is signed in. */
export async function createEndingsWorld(options: OidcServerWorldOptions = {}) {
  const signer = await createSigner('key-1')
  const okta = await createSigner('okta-1')
  const plain = createOidcServerWorld(options)
  const world = createOidcServerWorld({
    clock: plain.clock,
    ...options,
    backend: {
      signIn: { ...plain.oidc, keys: signer.keys },
      globalRevocation: { issuer: OKTA, keys: okta.keys, audience: REVOCATION },
      ...options.backend,
    },
  })
  const seconds = (): number => Math.floor(world.now() / 1000)

  /** Seals a session of one sign-in, as the server calls it. */
  const seal = async (sessionId: string, extras: object = {}): Promise<string> => {
    const grant = await world.grant()
    return world.sealed.sealSession(
      { ...grant, sessionId, extras: { ...grant.extras, ...extras } },
      { password: 'a password of more than 32 characters' },
    )
  }

  /** A logout token; what is `undefined` is not in it. */
  const logoutToken = (claims: object = {}, header: object = { typ: 'logout+jwt' }) =>
    signer.sign(
      {
        iss: ISSUER,
        aud: 'web',
        iat: seconds(),
        exp: seconds() + 120,
        jti: crypto.randomUUID(),
        events: { [EVENT]: {} },
        ...claims,
      },
      header,
    )

  const post = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await world.backend.handle(new Request(url, { method: 'POST', ...init }))
    if (!response) throw new Error('The backend does not know this address.')
    return response
  }

  const logout = async (token: string | Promise<string>): Promise<Response> =>
    post(BACK_CHANNEL, {
      headers: { 'Content-Type': FORM },
      body: new URLSearchParams({ logout_token: await token }),
    })

  /** What Okta sends: an assertion, and whom it is about. */
  const revoke = async (
    subject: unknown,
    claims: object = {},
    header: object = { typ: 'global-token-revocation+jwt' },
  ): Promise<Response> => {
    const assertion = await okta.sign(
      {
        iss: OKTA,
        aud: REVOCATION,
        sub: 'client-at-okta',
        jti: crypto.randomUUID(),
        iat: seconds(),
        nbf: seconds() - 300,
        exp: seconds() + 300,
        ...claims,
      },
      header,
    )
    return post(REVOCATION, {
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${assertion}` },
      body: JSON.stringify({ sub_id: subject }),
    })
  }

  const isAlive = async (value: string): Promise<boolean> =>
    (await world.load(value).getSession()).signedIn

  return { ...world, signer, okta, seal, seconds, logoutToken, post, logout, revoke, isAlive }
}
