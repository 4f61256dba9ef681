import { jwtVerify } from 'jose'
import { readClaims } from '../../src/providers/shared/jwt.js'
import {
  createScriptedGoTrue,
  type Rotation,
  type ScriptedGoTrueOptions,
} from '../../src/testing/gotrue/index.js'
import { createDesk, said } from '../testing/gotrue-desk.js'
import type { Probe } from './documented.js'
import { platformProbes } from './testing-probes.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }
const WRONG = { ...ADA, password: 'wrong' }
const SECRET = 'scripted-secret-of-32-characters'
const PASSWORD_GRANT = '/token?grant_type=password'

/** What a new access token says. */
async function claims(options: ScriptedGoTrueOptions = {}) {
  return readClaims((await createDesk(options).signIn()).access)
}

/** What refresh tokens look like, and what becomes of one that comes again at once. */
async function rotating(rotation?: Rotation): Promise<string> {
  const desk = createDesk(rotation && { rotation })
  const { refresh } = await desk.signIn()
  await desk.rotate(refresh)
  return `${refresh.length} ${said(await desk.refresh(refresh))}`
}

/** What becomes of the token before the last, which comes again so many ms after it was spent. */
async function reused(ms: number, options: ScriptedGoTrueOptions = {}) {
  const desk = createDesk(options)
  const { refresh } = await desk.signIn()
  const last = await desk.rotate(await desk.rotate(refresh))
  await desk.clock.advance(ms)
  return { desk, last, answer: said(await desk.refresh(refresh)) }
}

const tokens: Readonly<Record<string, Probe>> = {
  'ScriptedGoTrueOptions.rotation': {
    async observe() {
      const plain = await rotating()
      const same: string[] = []
      for (const rotation of ['v1', 'v2', 'strict'] as const) {
        if ((await rotating(rotation)) === plain) same.push(rotation)
      }
      return same.join()
    },
  },
  'ScriptedGoTrueOptions.reuseInterval': {
    says: '10_000, as the hosted service has it',
    observe: async () =>
      (await reused(10_000)).answer === '200 ok' &&
      (await reused(10_001)).answer === '400 refresh_token_already_used',
  },
  'ScriptedGoTrueOptions.reuseRevokes': {
    async observe() {
      const isOver = async (options: ScriptedGoTrueOptions = {}): Promise<boolean> => {
        const { desk, last } = await reused(60_000, options)
        // The newest token is one that was just spent, too: it may come again for a while.
        await desk.clock.advance(60_000)
        return (await desk.refresh(last)).status !== 200
      }
      return (await isOver({ reuseRevokes: false })) ? null : isOver()
    },
  },
  'ScriptedGoTrueOptions.accessTokenLifetime': {
    says: '3_600_000; whole seconds',
    async observe() {
      const { iat, exp } = { ...(await claims()) }
      return (Number(exp) - Number(iat)) * 1_000 === 3_600_000
    },
  },
  'ScriptedGoTrueOptions.issuer': {
    says: "'https://scripted.example' and the path",
    async observe() {
      const path = '/other/path'
      const server = createScriptedGoTrue({ users: [ADA], path })
      const body = JSON.stringify(ADA)
      const url = `http://localhost${path}${PASSWORD_GRANT}`
      const answer = await server.fetch(url, { method: 'POST', body })
      const { access_token: token } = await answer.json()
      return (
        (await claims())?.iss === 'https://scripted.example/auth/v1' &&
        readClaims(token)?.iss === 'https://scripted.example/other/path'
      )
    },
  },
  'ScriptedGoTrueOptions.signing': {
    async observe() {
      const { access } = await createDesk().signIn()
      return String(JSON.parse(atob(access.split('.')[0] ?? '')).alg).toLowerCase()
    },
  },
  'ScriptedGoTrueOptions.jwtSecret': {
    async observe() {
      const { clock, signIn } = createDesk()
      const secrets = [SECRET, 'scripted', 'scripted-secret', 'super-secret-jwt-token']
      const { access } = await signIn()
      const currentDate = new Date(clock.now())
      const isSecret = (secret: string): Promise<boolean> =>
        jwtVerify(access, new TextEncoder().encode(secret), { currentDate }).then(
          () => true,
          () => false,
        )
      const found: string[] = []
      for (const secret of secrets) if (await isSecret(secret)) found.push(secret)
      return found.join()
    },
  },
  'ScriptedGoTrue.expireSession': {
    async observe() {
      const expired = async (why?: 'time' | 'inactivity' | 'newer-login' | 'low-aal') => {
        const desk = createDesk()
        const { refresh } = await desk.signIn()
        desk.server.expireSession(desk.sessionId(), why)
        return JSON.stringify((await desk.refresh(refresh)).body)
      }
      const plain = await expired()
      const same: string[] = []
      for (const why of ['time', 'inactivity', 'newer-login', 'low-aal'] as const) {
        if ((await expired(why)) === plain) same.push(why)
      }
      return same.join()
    },
  },
}

const wire: Readonly<Record<string, Probe>> = {
  'ScriptedGoTrueOptions.path': {
    async observe() {
      const paths = ['', '/auth', '/auth/v1', '/v1', '/identity']
      const served: string[] = []
      for (const path of paths) {
        const server = createScriptedGoTrue()
        if ((await server.fetch(`http://localhost${path}/health`)).ok) served.push(path)
      }
      return served.join()
    },
  },
  'ScriptedGoTrueOptions.exposedHeaders': {
    says: "'X-Total-Count', 'Link' and 'X-Supabase-Api-Version', as GoTrue has it",
    async observe() {
      const { headers } = await createDesk().send('/health')
      const exposed = headers.get('access-control-expose-headers')
      return exposed === 'X-Total-Count, Link, X-Supabase-Api-Version'
    },
  },
  'ScriptedGoTrueOptions.cors': {
    async observe() {
      const headers = {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'apikey',
      }
      const allowed = async (options: ScriptedGoTrueOptions = {}) =>
        (await createDesk(options).send('/token', { method: 'OPTIONS', headers })).headers.get(
          'access-control-allow-headers',
        )
      const plain = await allowed()
      const same: string[] = []
      for (const cors of ['gateway', 'bare'] as const) {
        if ((await allowed({ cors })) === plain) same.push(cors)
      }
      return same.join()
    },
  },
  'ScriptedGoTrueOptions.errors': {
    async observe() {
      const refusal = async (options: ScriptedGoTrueOptions = {}): Promise<string> =>
        JSON.stringify((await createDesk(options).post(PASSWORD_GRANT, WRONG)).body)
      const plain = await refusal()
      const same: string[] = []
      for (const errors of ['codes', 'oauth'] as const) {
        if ((await refusal({ errors })) === plain) same.push(errors)
      }
      return same.join()
    },
  },
  'ScriptedGoTrueOptions.mailInterval': {
    says: '0; a real one has 60_000',
    async observe() {
      const twice = async (options: ScriptedGoTrueOptions = {}): Promise<string> => {
        const { post } = createDesk(options)
        await post('/recover', { email: ADA.email })
        return said(await post('/recover', { email: ADA.email }))
      }
      const limited = await twice({ mailInterval: 60_000 })
      return (await twice()) === '200 ok' && limited.startsWith('429 ')
    },
  },
}

const platform = platformProbes(
  'ScriptedGoTrueOptions',
  () => createScriptedGoTrue({ users: [ADA] }),
  (server) =>
    server.fetch(`http://localhost/auth/v1${PASSWORD_GRANT}`, {
      method: 'POST',
      body: JSON.stringify(ADA),
    }),
)

/** How the scripted GoTrue speaks, and signs, when it is told nothing. */
export const scriptedGoTrueProbes: Readonly<Record<string, Probe>> = {
  ...tokens,
  ...wire,
  ...platform,
}
