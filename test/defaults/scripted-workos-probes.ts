import { createScriptedWorkOS, type ScriptedWorkOSOptions } from '../../src/testing/workos/index.js'
import {
  CALLBACK,
  CLIENT,
  claimsOf,
  createDesk,
  SECRET,
  said,
  strict,
} from '../testing/workos/desk.js'
import type { Probe } from './documented.js'
import { platformProbes } from './testing-probes.js'
import { DAY } from './times.js'

const YEAR = 365 * DAY
const HOME = 'http://localhost:3000/'
const MEMBER = {
  email: 'ada@example.com',
  password: 'correct horse',
  memberships: [{ organizationId: 'org_a' }],
}

/** What the token of a member says of whom nothing else was told. */
async function memberClaims() {
  const { body } = await createDesk({ users: [MEMBER] }).password()
  return claimsOf(body.access_token)
}

/** The fields of the user object of somebody of whom nothing else was told. */
async function userOf(email = MEMBER.email): Promise<Readonly<Record<string, unknown>>> {
  const users = [MEMBER, { ...MEMBER, email: 'bob@example.com' }]
  const { body } = await createDesk({ users }).password({ email })
  return { ...Object(body.user) }
}

const people: Readonly<Record<string, Probe>> = {
  'WorkOSMembership.role': { observe: async () => (await memberClaims()).role },
  'WorkOSMembership.roles': {
    says: 'the role alone',
    async observe() {
      const { role, roles } = await memberClaims()
      return JSON.stringify(roles) === JSON.stringify([role])
    },
  },
  'WorkOSMembership.permissions': {
    says: 'none, which the token says with an empty list',
    observe: async () => JSON.stringify((await memberClaims()).permissions) === '[]',
  },
  'WorkOSMembership.entitlements': {
    says: 'no such claim',
    observe: async () => !('entitlements' in (await memberClaims())),
  },
  'WorkOSMembership.featureFlags': {
    says: 'no such claim',
    observe: async () => !('feature_flags' in (await memberClaims())),
  },
  'WorkOSProfile.emailVerified': { observe: async () => (await userOf()).email_verified },
  'WorkOSUserSeed.id': {
    says: 'a new one',
    async observe() {
      const [ada, bob] = [(await userOf()).id, (await userOf('bob@example.com')).id]
      return /^user_\w+$/.test(`${ada}`) && /^user_\w+$/.test(`${bob}`) && ada !== bob
    },
  },
  'WorkOSOrganizationSettings.name': {
    says: 'its id',
    async observe() {
      const { body } = await createDesk({ organizationChoice: 'required' }).password()
      const names = JSON.stringify(body.organizations)
      return names === '[{"id":"org_a","name":"org_a"},{"id":"org_b","name":"org_b"}]'
    },
  },
  'WorkOSOrganizationSettings.connectionIds': {
    says: 'one, called `conn_` and its id',
    async observe() {
      const { body } = await strict('sso').password()
      return JSON.stringify(body.connection_ids) === '["conn_org_a"]'
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

const clients: Readonly<Record<string, Probe>> = {
  'WorkOSClientSeed.apiKey': {
    observe: () =>
      taken([SECRET, 'sk_test', 'sk_test_other'], async (client_secret) => {
        const { status } = await createDesk().password({ client_secret })
        return status === 200
      }),
  },
  'WorkOSClientSeed.redirectUris': {
    observe: () =>
      taken([CALLBACK, HOME, `${CALLBACK}/`, 'http://localhost/callback'], async (redirect_uri) => {
        const hint = { provider: 'authkit', login_hint: MEMBER.email }
        return (await createDesk().authorize({ ...hint, redirect_uri })).status === 302
      }),
  },
  'WorkOSClientSeed.logoutUris': {
    async observe() {
      const desk = createDesk()
      await desk.signIn()
      const path = `/user_management/sessions/logout?session_id=${desk.sessionId()}`
      return (await desk.send(path)).headers.get('location')
    },
  },
  'WorkOSClientSeed.cookies': {
    async observe() {
      const desk = createDesk()
      const { body, headers } = await desk.exchange(await desk.code())
      return 'refresh_token' in body ? headers.getSetCookie().length > 0 : null
    },
  },
  'ScriptedWorkOSOptions.clients': {
    says: "one, called 'client_scripted'",
    async observe() {
      const known = await taken(
        ['client_scripted', 'client_1', 'client'],
        async (id) => (await createDesk().send(`/sso/jwks/${id}`)).status === 200,
      )
      return known === 'client_scripted'
    },
  },
}

/** Whether a session is refreshed after so many waits of so many ms each. */
async function lives(
  waits: number,
  ms: number,
  options: ScriptedWorkOSOptions = {},
): Promise<boolean> {
  const desk = createDesk(options)
  let { body } = await desk.password()
  for (let count = 0; count < waits; count++) {
    await desk.clock.advance(ms)
    const answer = await desk.refresh(body.refresh_token)
    if (answer.status !== 200) return false
    body = answer.body
  }
  return true
}

const sessions: Readonly<Record<string, Probe>> = {
  'ScriptedWorkOSOptions.organizationChoice': {
    async observe() {
      const { status, body } = await createDesk().password()
      if (status !== 200) return 'required'
      return body.organization_id === 'org_a' ? 'first' : body.organization_id
    },
  },
  'ScriptedWorkOSOptions.emailVerification': {
    async observe() {
      const users = [{ ...MEMBER, emailVerified: false }]
      return said(await createDesk({ users }).password()) === '200' ? 'off' : 'required'
    },
  },
  'ScriptedWorkOSOptions.mfa': {
    observe: async () => (said(await createDesk().password()) === '200' ? 'off' : 'required'),
  },
  'ScriptedWorkOSOptions.radar': {
    observe: async () => (said(await createDesk().password()) === '200' ? 'off' : 'on'),
  },
  'ScriptedWorkOSOptions.oauthTokens': {
    async observe() {
      const desk = createDesk()
      const { body } = await desk.exchange(await desk.code({ provider: 'GoogleOAuth' }))
      return body.access_token ? 'oauth_tokens' in body : null
    },
  },
  'ScriptedWorkOSOptions.membershipError': {
    async observe() {
      const desk = createDesk({ organizations: [{ id: 'org_c' }] })
      const { refresh_token: token } = await desk.signIn()
      return (await desk.refresh(token, { organization_id: 'org_c' })).body.error
    },
  },
  'ScriptedWorkOSOptions.mfaEnvelope': {
    observe: async () => /^\d+ (\w+):/.exec(said(await strict('mfa_enrollment').password()))?.[1],
  },
  'ScriptedWorkOSOptions.accessTokenLifetime': {
    says: '300_000, as WorkOS has it',
    async observe() {
      const { iat, exp } = await memberClaims()
      return (Number(exp) - Number(iat)) * 1_000 === 300_000
    },
  },
  'ScriptedWorkOSOptions.sessionLifetime': {
    says: 'for ever',
    observe: async () =>
      (await lives(50, YEAR)) && !(await lives(50, YEAR, { sessionLifetime: 40 * YEAR })),
  },
  'ScriptedWorkOSOptions.inactivityTimeout': {
    says: 'for ever',
    observe: async () =>
      (await lives(1, 50 * YEAR)) && !(await lives(1, 50 * YEAR, { inactivityTimeout: 40 * YEAR })),
  },
  'ScriptedWorkOSOptions.replayGrace': {
    says: '30_000, as WorkOS has it',
    async observe() {
      const desk = createDesk()
      const { refresh_token: token } = await desk.signIn()
      const next = async (ms: number): Promise<unknown> => {
        await desk.clock.advance(ms)
        return (await desk.refresh(token)).body.refresh_token
      }
      const first = await next(0)
      return first !== undefined && (await next(30_000)) === first && !(await next(1))
    },
  },
  'ScriptedWorkOSOptions.claims': {
    says: 'nothing',
    async observe() {
      const known = ['iss', 'sub', 'sid', 'jti', 'iat', 'exp', 'auth_time', 'org_id', 'role']
      const more = ['roles', 'permissions', 'entitlements', 'feature_flags']
      return Object.keys(await memberClaims()).every((name) => [...known, ...more].includes(name))
    },
  },
  'ScriptedWorkOSOptions.issuer': {
    says: "'https://api.workos.com/user_management/' and the client id",
    observe: async () =>
      (await memberClaims()).iss === `https://api.workos.com/user_management/${CLIENT}`,
  },
  'ScriptedWorkOSOptions.exposedHeaders': {
    says: 'none',
    async observe() {
      const exposed = async (options: ScriptedWorkOSOptions = {}) => {
        const init = { headers: { Origin: 'https://app.example' } }
        const { headers } = await createDesk(options).send(`/sso/jwks/${CLIENT}`, init)
        return headers.get('access-control-expose-headers')
      }
      const some = await exposed({ exposedHeaders: ['Retry-After'] })
      return (await exposed()) === null && some === 'Retry-After'
    },
  },
  'ScriptedWorkOSOptions.signing': {
    async observe() {
      const { access_token: token } = await createDesk({ signing: undefined }).signIn()
      const { alg } = JSON.parse(atob(String(token).split('.')[0] ?? ''))
      return String(alg).toLowerCase()
    },
  },
}

const platform = platformProbes(
  'ScriptedWorkOSOptions',
  () => createScriptedWorkOS({ users: [MEMBER], signing: 'digest' }),
  (server) =>
    server.fetch('http://localhost/user_management/authenticate', {
      method: 'POST',
      body: JSON.stringify({
        client_id: CLIENT,
        client_secret: SECRET,
        grant_type: 'password',
        email: MEMBER.email,
        password: MEMBER.password,
      }),
    }),
)

/** What the scripted WorkOS does when it is told nothing. */
export const scriptedWorkOSProbes: Readonly<Record<string, Probe>> = {
  ...people,
  ...clients,
  ...sessions,
  ...platform,
}
