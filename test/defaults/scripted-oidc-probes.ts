import {
  createScriptedOidc,
  type OidcClientSeed,
  type ScriptedOidc,
  type ScriptedOidcOptions,
} from '../../src/testing/index.js'
import { createLab, story } from '../testing/oidc/lab.js'
import type { Probe } from './documented.js'
import { platformProbes } from './testing-probes.js'
import { DAY } from './times.js'

const YEAR = 365 * DAY
const SCOPE = 'openid offline_access'
const HOME = 'http://localhost:3000/callback'
/** RFC 7636, appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

type Fields = Readonly<Record<string, unknown>>

/** Asks for a code, as a page of this client does. */
function authorize(server: Pick<ScriptedOidc, 'fetch'>, client = 'app', redirectUri = HOME) {
  const query = new URLSearchParams({
    client_id: client,
    redirect_uri: redirectUri,
    scope: SCOPE,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  })
  return server.fetch(`https://id.example/auth?${query}`, { redirect: 'manual' })
}

/** What a page gets that signs in, with nothing but its client's id. */
async function signIn(server: ScriptedOidc): Promise<Fields> {
  const { headers } = await authorize(server)
  const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
  const form = {
    grant_type: 'authorization_code',
    client_id: 'app',
    redirect_uri: HOME,
    code_verifier: VERIFIER,
    code,
  }
  const init = { method: 'POST', body: new URLSearchParams(form) }
  return (await server.fetch('https://id.example/token', init)).json()
}

const isFine = ({ shape }: { readonly shape: string }): boolean => shape.startsWith('200')

/** A refresh token that was exchanged so many ms ago, and whether it gets another answer now. */
async function spentFor(ms: number): Promise<() => Promise<boolean>> {
  const time = { now: 0 }
  const lab = createLab({ rotation: { type: 'on' }, clock: { now: () => time.now } }, SCOPE)
  const { refresh_token: token } = await lab.signIn()
  await lab.refresh(token)
  time.now += ms
  return async () => isFine(await lab.refresh(token))
}

const rotation: Readonly<Record<string, Probe>> = {
  'OidcRotation.grace': {
    async observe() {
      let ms = 0
      while (ms < DAY && (await (await spentFor(ms))())) ms++
      return ms
    },
  },
  'OidcRotation.reuses': {
    async observe() {
      const again = await spentFor(DAY)
      let count = 0
      while (count < 10 && (await again())) count++
      return count
    },
  },
  'OidcRotation.familyDies': {
    async observe() {
      const { signIn: begin, refresh } = createLab({ rotation: { type: 'on' } }, SCOPE)
      const { refresh_token: parent } = await begin()
      const { body: child } = await refresh(parent)
      await refresh(parent)
      return !isFine(await refresh(child.refresh_token))
    },
  },
  'ScriptedOidcOptions.rotation': {
    says: 'that of the server whose manners it has, as it was captured',
    async observe() {
      /** Whether a token works twice at a server of these manners. */
      const twice = async (manners: ScriptedOidcOptions['manners']): Promise<boolean> => {
        const { signIn: begin, refresh } = createLab({ manners }, SCOPE)
        const { refresh_token: token } = await begin()
        return isFine(await refresh(token)) && isFine(await refresh(token))
      }
      return (await twice('keycloak')) && !(await twice('oidc-provider')) && !(await twice('hydra'))
    },
  },
}

/** Those of some texts that a server takes. */
async function taken(
  texts: readonly string[],
  takes: (text: string) => Promise<boolean>,
): Promise<string> {
  const found: string[] = []
  for (const text of texts) if (await takes(text)) found.push(text)
  return found.join()
}

const seeds: Readonly<Record<string, Probe>> = {
  'OidcClientSeed.secret': {
    says: 'none: a public one',
    async observe() {
      const known = async (client: OidcClientSeed): Promise<boolean> =>
        'access_token' in (await signIn(createScriptedOidc({ clients: [client] })))
      return (await known({ id: 'app' })) && !(await known({ id: 'app', secret: 'x' }))
    },
  },
  'OidcClientSeed.redirectUris': {
    observe: () =>
      taken(
        [HOME, `${HOME}/`, 'http://localhost:3000/', 'http://localhost/callback'],
        async (uri) => {
          const server = createScriptedOidc({ clients: [{ id: 'one' }] })
          return (await authorize(server, 'one', uri)).status === 302
        },
      ),
  },
  'ScriptedOidcOptions.clients': {
    says: "a public one, called 'app'",
    async observe() {
      const known = await taken(
        ['app', 'spa', 'client', ''],
        async (id) => (await authorize(createScriptedOidc(), id)).status === 302,
      )
      return known === 'app' && 'access_token' in (await signIn(createScriptedOidc()))
    },
  },
  'ScriptedOidcOptions.people': {
    says: "one, called 'ada'",
    async observe() {
      const server = createScriptedOidc()
      const { access_token: token } = await signIn(server)
      const headers = { authorization: `Bearer ${token}` }
      const answer = await server.fetch('https://id.example/me', { headers })
      return Reflect.get(await answer.json(), 'sub') === 'ada'
    },
  },
}

const MANNERS = [
  'oidc-provider',
  'keycloak',
  'hydra',
  'spring',
  'zitadel',
  'auth0',
  'entra',
] as const

/** Whether a refresh token works after so many ms. */
async function works(ms: number, options: ScriptedOidcOptions = {}): Promise<boolean> {
  const time = { now: 0 }
  const lab = createLab({ clock: { now: () => time.now }, ...options }, SCOPE)
  const { refresh_token: token } = await lab.signIn()
  time.now += ms
  return isFine(await lab.refresh(token))
}

const server: Readonly<Record<string, Probe>> = {
  'ScriptedOidcOptions.issuer': {
    async observe() {
      const address = 'https://id.example/.well-known/openid-configuration'
      return Reflect.get(await (await createScriptedOidc().fetch(address)).json(), 'issuer')
    },
  },
  'ScriptedOidcOptions.manners': {
    // That it needs no `prompt=consent` is shown in test/testing/oidc/server.test.ts.
    async observe() {
      const told = async (manners?: ScriptedOidcOptions['manners']): Promise<string> =>
        JSON.stringify([...(await story({ manners }, SCOPE))])
      const plain = await told()
      return taken(MANNERS, async (name) => {
        const known = MANNERS.find((manners) => manners === name)
        return (await told(known)) === plain
      })
    },
  },
  'ScriptedOidcOptions.accessTokens': {
    says: 'as the server whose manners it has',
    async observe() {
      const parts = async (manners: ScriptedOidcOptions['manners']): Promise<number> => {
        const { access_token: token } = await createLab({ manners }, SCOPE).signIn()
        return String(token).split('.').length
      }
      return (await parts('keycloak')) === 3 && (await parts('oidc-provider')) === 1
    },
  },
  'ScriptedOidcOptions.accessTokenLifetime': {
    observe: async () => Number((await signIn(createScriptedOidc())).expires_in) * 1_000,
  },
  'ScriptedOidcOptions.refreshTokenLifetime': {
    says: 'for ever',
    observe: async () =>
      (await works(50 * YEAR)) && !(await works(50 * YEAR, { refreshTokenLifetime: 40 * YEAR })),
  },
  'ScriptedOidcOptions.signing': {
    async observe() {
      const { id_token: token } = await signIn(createScriptedOidc())
      const { alg } = JSON.parse(atob(String(token).split('.')[0] ?? ''))
      return String(alg).toLowerCase()
    },
  },
}

const platform = platformProbes(
  'ScriptedOidcOptions',
  () => createScriptedOidc(),
  (made) => authorize(made),
)

/** What the scripted OpenID Connect server does when it is told nothing. */
export const scriptedOidcProbes: Readonly<Record<string, Probe>> = {
  ...rotation,
  ...seeds,
  ...server,
  ...platform,
}
