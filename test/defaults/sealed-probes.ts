import type { AuthError } from '../../src/index.js'
import { redisSessionStore } from '../../src/server/coordination/redis-session-store.js'
import {
  createSealedSessions,
  type SealedSessionsOptions,
  type SessionProvider,
} from '../../src/server/sealed/sealed-sessions.js'
import {
  answering,
  createStage,
  FIRST,
  OTHER,
  PASSWORD,
  START,
} from '../server/sealed/sealed-sessions-stage.js'
import { createFakeRedis, createTime } from '../support/fake-redis.js'
import { jwt } from '../support/wire.js'
import type { Probe } from './documented.js'
import { at, DAY, isSilent, lasts } from './times.js'

type Options = Partial<SealedSessionsOptions>

const refusal = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'none',
    ({ code }) => String(code),
  )

/** Sessions of a provider whose every answer is a new token, at a time that a test sets. */
function createWorld(options: Options = {}, provider: Partial<SessionProvider> = {}) {
  const clock = { time: START }
  const sent: string[] = []
  const sessions = createSealedSessions({
    provider: {
      id: 'by-hand',
      async refresh(token) {
        sent.push(token)
        const accessToken = jwt({ sub: 'user_1', sid: 'session_1', jti: sent.length })
        return { accessToken, refreshToken: `${token}+`, lifetime: 300_000 }
      },
      ...provider,
    },
    verification: 'seal',
    now: () => clock.time,
    ...options,
  })
  const seal = (about = '') => {
    const user = { id: 'user_1', about }
    return sessions.sealSession({ ...FIRST, user, lifetime: 300_000 }, { password: PASSWORD })
  }
  const load = (value: string) => sessions.openSession({ value, password: PASSWORD })
  return { clock, sent, sessions, seal, load }
}

/** How long an old cookie is answered with what it was traded for, in ms. */
async function windowOf(provider: Partial<SessionProvider> = {}): Promise<number> {
  const { clock, sent, seal, load } = createWorld({}, provider)
  const cookie = await seal()
  await load(cookie).refreshSession()
  const begin = clock.time
  while (sent.length === 1 && clock.time < begin + 600_000) {
    clock.time += 500
    await load(cookie).refreshSession()
  }
  return clock.time - begin
}

/** What is known of a user, so that the seal of the session has about this many characters. */
const aboutOf = (size: number): string => 'a'.repeat(Math.floor(size * 0.75) - 400)

const reading: Readonly<Record<string, Probe>> = {
  'SealedSessionsOptions.refreshMargin': {
    says: '60_000, and a quarter of its life at the most',
    async observe() {
      const ahead = async (lifetime: number): Promise<number> => {
        const { sessions, load } = createWorld()
        const grant = { ...FIRST, lifetime }
        const found = await load(
          await sessions.sealSession(grant, { password: PASSWORD }),
        ).getSession()
        return found.signedIn ? found.expiresAt - found.refreshAt : Number.NaN
      }
      return (await ahead(600_000)) === 60_000 && (await ahead(100_000)) === 25_000
    },
  },
  'SealedSessionsOptions.claims': {
    says: 'none',
    async observe() {
      const { seal, load } = createWorld()
      const found = await load(await seal()).getSession()
      return found.signedIn && !('claims' in found)
    },
  },
}

const building: Readonly<Record<string, Probe>> = {
  'SealedSessionsOptions.coordinator': {
    says: 'memoryCoordinator()',
    async observe() {
      const [one, other] = [createWorld(), createWorld()]
      const cookie = await one.seal()
      await Promise.all([one.load(cookie).refreshSession(), one.load(cookie).refreshSession()])
      await other.load(cookie).refreshSession()
      return one.sent.length === 1 && other.sent.length === 1
    },
  },
  'SealedSessionsOptions.signOutUrl': {
    says: 'there is none',
    async observe() {
      const { seal, load } = createWorld()
      return (await refusal(load(await seal()).getSignOutUrl())) === 'invalid_argument'
    },
  },
  'SealedSessionsOptions.reuseWindow': {
    says: "the provider's: 30_000 for WorkOS, else GoTrue's 10_000",
    async observe() {
      const { workos } = createStage()
      const { reuseWindow } = workos
      return (await windowOf()) === 10_000 && (await windowOf({ reuseWindow })) === 30_000
    },
  },
  'SealedSessionsOptions.maxSize': {
    async observe() {
      const { seal } = createWorld()
      const { seal: sealAny } = createWorld({ maxSize: 100_000 })
      /** Whether a session passes, and the size of its seal. */
      const look = async (about: string) => ({
        passes: (await refusal(seal(about))) === 'none',
        size: (await sealAny(about)).length,
      })
      let [low, high] = [1_000, 30_000]
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2)
        if ((await look('a'.repeat(middle))).passes) low = middle
        else high = middle
      }
      const [most, least] = [await look('a'.repeat(low)), await look('a'.repeat(high))]
      const isBetween = most.size <= 12_288 && 12_288 < least.size
      // Sizes grow by the blocks of the cipher.
      return isBetween && least.size - most.size < 32 ? 12_288 : [most.size, least.size]
    },
  },
  'SealedSessionsOptions.store': {
    says: 'there is none',
    async observe() {
      const about = aboutOf(20_000)
      const { clock } = createTime()
      const store = redisSessionStore({ client: createFakeRedis(clock).client(), clock })
      const [without, within] = [createWorld(), createWorld({ store })]
      return (
        (await refusal(without.seal(about))) === 'invalid_argument' &&
        (await refusal(within.seal(about))) === 'none'
      )
    },
  },
  'SealedSessionsOptions.report': {
    says: 'nobody does',
    async observe() {
      const told: AuthError[] = []
      const grow = async (report?: (error: AuthError) => void): Promise<void> => {
        const user = { id: 'user_1', about: aboutOf(20_000) }
        const { session } = await answering([{ user, refreshToken: 'next' }], { report })
        await session.refreshSession()
      }
      await grow((error) => told.push(error))
      return told.length === 1 && isSilent(() => grow())
    },
  },
  'SealedSessionsOptions.requestTimeout': {
    async observe() {
      const { seal, load } = createWorld({}, { refresh: () => new Promise(() => {}) })
      const session = load(await seal())
      return lasts(() => session.refreshSession())
    },
  },
  'SealedSessionsOptions.now': {
    says: 'Date.now',
    async observe() {
      const { seal, load } = createWorld({ now: undefined, limits: { absolute: 60_000 } })
      const session = load(await at(START, () => seal()))
      const lives = (ms: number) => at(START + ms, () => session.getSession())
      const [before, after] = [await lives(59_999), await lives(60_000)]
      return before.signedIn && !after.signedIn
    },
  },
}

const refreshing: Readonly<Record<string, Probe>> = {
  'SealedRefreshOptions.password': {
    says: 'that of the old one; of several, the newest',
    async observe() {
      const { sessions, seal } = createWorld()
      const value = await seal()
      const traded = async (password: string | readonly [string, string]) => {
        const result = await sessions.openSession({ value, password }).refreshSession()
        return result.signedIn ? result.sealed : ''
      }
      const opens = async (sealed: string, password: string): Promise<boolean> =>
        (await sessions.describeSession({ value: sealed, password })) !== null
      return (
        (await opens(await traded(PASSWORD), PASSWORD)) &&
        (await opens(await traded([OTHER, PASSWORD]), OTHER))
      )
    },
  },
  'SealedRefreshOptions.organizationId': {
    says: 'the one of the access token, even of an expired one',
    async observe() {
      const stage = createStage()
      const sessions = stage.start()
      const grant = await stage.signIn('org_2')
      const value = await sessions.sealSession(grant, { password: PASSWORD })
      stage.clock.time += 3_600_000
      const cookie = { value, password: PASSWORD }
      const result = await sessions.openSession(cookie).refreshSession()
      return result.signedIn && result.organizationId === 'org_2'
    },
  },
  'SealedRefreshOptions.fresh': {
    says: 'false: what another request got for the same cookie within the `reuseWindow` will do',
    async observe() {
      const { clock, sent, seal, load } = createWorld()
      const cookie = await seal()
      await load(cookie).refreshSession()
      clock.time += 1_000
      await load(cookie).refreshSession()
      const joined = sent.length === 1
      await load(cookie).refreshSession({ fresh: true })
      return joined && sent.length === 2
    },
  },
}

const limits: Readonly<Record<string, Probe>> = {
  'SessionLimits.absolute': {
    says: '400 days, as long as a cookie may',
    async observe() {
      const { clock, seal, load } = createWorld()
      let cookie = await seal()
      const next = async (ms: number) => {
        clock.time += ms
        const result = await load(cookie).refreshSession()
        if (result.signedIn) cookie = result.sealed
        return result.signedIn
      }
      return (await next(200 * DAY)) && (await next(200 * DAY - 1)) && !(await next(1))
    },
  },
  'SessionLimits.idle': {
    says: 'no limit',
    async observe() {
      const lives = async (idle?: number): Promise<boolean> => {
        const { clock, seal, load } = createWorld({ limits: { idle } })
        const cookie = await seal()
        clock.time += 399 * DAY
        return (await load(cookie).refreshSession()).signedIn
      }
      return (await lives()) && !(await lives(398 * DAY))
    },
  },
}

/** What sealed sessions do when they are told nothing but what they must be told. */
export const sealedProbes: Readonly<Record<string, Probe>> = {
  ...reading,
  ...building,
  ...refreshing,
  ...limits,
}
