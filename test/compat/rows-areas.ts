import { says } from './differences.js'
import type { Row } from './rows.js'
import { ADA, type Side } from './stage.js'

const signIn = ({ auth }: Side) => auth.signInWithPassword(ADA)

const CORP = { id: '3c1d25b3-f679-420f-a9c5-82ab5eb4b8f0', domains: ['corp.example'] }

/** Signatures differ from token to token. */
const brief = ({ data, error }: Awaited<ReturnType<Side['auth']['getClaims']>>) => ({
  data: data && { ...data, signature: data.signature.length },
  error,
})

/** Messages, single sign-on, wallets, tokens. */
export const WAYS: readonly Row[] = [
  {
    promise: 'a message is sent again',
    server: { autoconfirm: false },
    play: async ({ auth }) => {
      const eve = { email: 'eve@example.com', password: 'secret-9' }
      await auth.signUp(eve)
      return auth.resend({ type: 'signup', email: eve.email })
    },
  },
  {
    promise: 'a message to be sent again takes an address',
    play: ({ auth }) => auth.resend(JSON.parse('{}')),
    differs: says(
      'nor of a type',
      'error.message',
      '`type` is `signup`, `email_change`, `sms` or `phone_change`.',
    ),
  },
  {
    promise: 'a code for a new password is sent',
    play: async (side) => {
      await signIn(side)
      return side.auth.reauthenticate()
    },
  },
  { promise: 'nobody gets a code for a password', play: ({ auth }) => auth.reauthenticate() },
  {
    promise: 'the provider of an organization is where its people sign in',
    server: { sso: [CORP] },
    play: async ({ auth }) => {
      const options = { skipBrowserRedirect: true, redirectTo: 'http://localhost/app' }
      const { data, error } = await auth.signInWithSSO({ domain: 'corp.example', options })
      return { path: new URL(data?.url ?? '').pathname, error }
    },
  },
  {
    promise: 'a domain that nobody has is refused',
    server: { sso: [CORP] },
    play: ({ auth }) =>
      auth.signInWithSSO({ domain: 'x.example', options: { skipBrowserRedirect: true } }),
  },
  {
    promise: 'what a wallet signed is refused where there are no wallets',
    play: ({ auth }) => auth.signInWithWeb3({ chain: 'ethereum', message: 'x', signature: '0x12' }),
  },
  {
    promise: 'the claims of the current token are shown to the server',
    play: async (side) => {
      await signIn(side)
      return brief(await side.auth.getClaims())
    },
  },
  {
    promise: 'the claims of a token with a public key are verified here',
    server: { signing: 'es256' },
    play: async (side) => {
      const { data } = await signIn(side)
      return brief(await side.auth.getClaims(data.session?.access_token))
    },
  },
  {
    promise: 'a forged token has no claims',
    server: { signing: 'es256' },
    play: async (side) => {
      const { data } = await signIn(side)
      const [head, , signature] = (data.session?.access_token ?? '').split('.')
      const claims = { sub: 'mallory', exp: 9_999_999_999 }
      const body = Buffer.from(JSON.stringify(claims)).toString('base64url')
      const { data: said, error } = await side.auth.getClaims(`${head}.${body}.${signature}`)
      return { said, name: error?.name, code: error?.code, status: error?.status }
    },
  },
  { promise: 'nobody has no claims', play: ({ auth }) => auth.getClaims() },
  {
    promise: 'claims by the app’s own keys',
    play: async (side) => {
      await signIn(side)
      const { data, error } = await side.auth.getClaims(undefined, { allowExpired: true })
      return { data: data && Object.keys(data), name: error?.name, status: error?.status }
    },
    differs: says(
      'getClaims() takes no options: it verifies tokens that live by the server’s keys',
      '',
      { data: null, name: 'AuthInvalidCredentialsError', status: 400 },
    ),
  },
]

const CALLBACK = 'https://other.example/cb'
const oauth = { oauthServer: { consentUrl: 'http://localhost/consent' } }

/** Signs in, and has another app ask for consent. */
async function asked(side: Side): Promise<string> {
  await signIn(side)
  const base = 'http://localhost/auth/v1/oauth'
  const body = JSON.stringify({ client_name: 'Other App', redirect_uris: [CALLBACK] })
  const answer = await side.server.fetch(`${base}/clients/register`, { method: 'POST', body })
  const { client_id } = await answer.json()
  const query = new URLSearchParams({ client_id, redirect_uri: CALLBACK, scope: 'email' })
  const there = await side.server.fetch(`${base}/authorize?${query}`, { redirect: 'manual' })
  const page = new URL(there.headers.get('location') ?? '')
  return page.searchParams.get('authorization_id') ?? ''
}

const stay = { skipBrowserRedirect: true }

/** The consent page. */
export const CONSENT: readonly Row[] = [
  {
    promise: 'another app is shown with what it asks',
    server: oauth,
    play: async (side) => {
      const { data, error } = await side.auth.oauth.getAuthorizationDetails(await asked(side))
      return { ...data, client: Object.keys(Object(data).client).includes('name'), error }
    },
  },
  {
    promise: 'the person agrees, and the app is listed, and shut out',
    server: oauth,
    play: async (side) => {
      const id = await asked(side)
      await side.auth.oauth.getAuthorizationDetails(id)
      const { data } = await side.auth.oauth.approveAuthorization(id, stay)
      const { data: grants } = await side.auth.oauth.listGrants()
      const grant = grants?.[0]
      const clientId = grant?.client.id ?? ''
      return {
        to: data?.redirect_url.replace(/code=.*/, ''),
        grant: { ...grant, client: grant?.client.name },
        revoked: await side.auth.oauth.revokeGrant({ clientId }),
        left: await side.auth.oauth.listGrants(),
      }
    },
  },
  {
    promise: 'the person does not agree',
    server: oauth,
    play: async (side) => {
      const id = await asked(side)
      await side.auth.oauth.getAuthorizationDetails(id)
      return side.auth.oauth.denyAuthorization(id, stay)
    },
  },
  {
    promise: 'an authorization that there is not is refused',
    server: oauth,
    play: async (side) => {
      await signIn(side)
      return side.auth.oauth.getAuthorizationDetails('nosuchauthorization')
    },
  },
  {
    promise: 'nobody is asked for consent',
    server: oauth,
    play: ({ auth }) => auth.oauth.listGrants(),
  },
]
