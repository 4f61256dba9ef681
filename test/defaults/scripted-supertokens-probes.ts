import { createScriptedSuperTokensCore } from '../../src/testing/supertokens/index.js'
import { type Body, createDesk, LEGACY, objectOf, tokenOf } from '../testing/supertokens/desk.js'
import type { Probe } from './documented.js'
import { platformProbes } from './testing-probes.js'
import { DAY } from './times.js'

/** What a core of old says of the cookie of a token, in one version of its interface. */
async function cookieOf(name: string, speak = '2.0'): Promise<Body> {
  return objectOf((await createDesk({ versions: LEGACY, speak }).create())[name])
}

/** How long a new token lives, in ms. */
async function lifeOf(name: string): Promise<number> {
  const { expiry, createdTime } = objectOf((await createDesk().create())[name])
  return Number(expiry) - Number(createdTime)
}

const cookies: Readonly<Record<string, Probe>> = {
  'SuperTokensCoreCookie.domain': {
    says: "'localhost' for interface 1.0, which must name one; else none",
    observe: async () =>
      (await cookieOf('accessToken', '1.0')).domain === 'localhost' &&
      !('domain' in (await cookieOf('accessToken', '2.0'))),
  },
  'SuperTokensCoreCookie.secure': {
    observe: async () => (await cookieOf('accessToken')).cookieSecure,
  },
  'SuperTokensCoreCookie.sameSite': {
    observe: async () => (await cookieOf('accessToken')).sameSite,
  },
  'SuperTokensCoreCookie.accessTokenPath': {
    observe: async () => (await cookieOf('accessToken')).cookiePath,
  },
  'SuperTokensCoreCookie.refreshTokenPath': {
    observe: async () => (await cookieOf('refreshToken')).cookiePath,
  },
}

/** What becomes of a session whose first token comes again, a day after another was used. */
async function reused(options: Parameters<typeof createDesk>[0] = {}): Promise<unknown> {
  const { clock, create, refresh } = createDesk(options)
  const first = tokenOf(await create())
  const next = tokenOf((await refresh(first)).body)
  await refresh(next)
  await clock.advance(DAY)
  return (await refresh(first)).body.status
}

const cores: Readonly<Record<string, Probe>> = {
  'SuperTokensRotation.grace': {
    async observe() {
      const outcomeAfter = async (ms: number): Promise<unknown> => {
        const { clock, create, refresh } = createDesk({ speak: '5.6' })
        const first = tokenOf(await create())
        await refresh(first)
        await clock.advance(ms)
        return (await refresh(first)).body.status
      }
      const inTime = (await outcomeAfter(30_000)) === 'OK'
      return inTime && (await outcomeAfter(30_001)) !== 'OK' ? 30_000 : null
    },
  },
  'SuperTokensRotation.reuse': {
    async observe() {
      const status = await reused({ speak: '5.6' })
      return { TOKEN_THEFT_DETECTED: 'TOKEN_THEFT', UNAUTHORISED: 'UNAUTHORISED' }[String(status)]
    },
  },
  'ScriptedSuperTokensCoreOptions.versions': {
    says: '2.7 to 5.6',
    async observe() {
      const { body } = await createDesk().send('http://localhost:3567/apiversion')
      const told = JSON.stringify(body.versions)
      const isKnown = async (version: string): Promise<boolean> =>
        (await createDesk({ speak: version }).ask('GET', '/session/user?userId=u1')).status === 200
      const [known, unknown] = [
        await Promise.all(['2.7', '2.21', '3.0', '5.4', '5.6'].map(isKnown)),
        await Promise.all(['2.6', '2.0', '5.7', '6.0'].map(isKnown)),
      ]
      return /^\["2\.7",.*"5\.6"\]$/.test(told) && known.every(Boolean) && !unknown.some(Boolean)
    },
  },
  'ScriptedSuperTokensCoreOptions.apiVersionPath': {
    observe: async () =>
      (await createDesk().send('http://localhost:3567/apiversion')).status === 200,
  },
  'ScriptedSuperTokensCoreOptions.apiKey': {
    says: 'none is asked for',
    async observe() {
      const statusOf = async (apiKey?: string): Promise<number> =>
        (await createDesk({ apiKey }).ask('GET', '/session/user?userId=u1')).status
      return (await statusOf()) === 200 && (await statusOf('key-of-the-core')) === 401
    },
  },
  'ScriptedSuperTokensCoreOptions.accessTokenValidity': { observe: () => lifeOf('accessToken') },
  'ScriptedSuperTokensCoreOptions.refreshTokenValidity': {
    says: '8_640_000_000, which is 100 days',
    observe: async () => (await lifeOf('refreshToken')) === 100 * DAY,
  },
  'ScriptedSuperTokensCoreOptions.enableAntiCsrf': {
    observe: async () => 'antiCsrfToken' in (await createDesk({ versions: LEGACY }).create()),
  },
}

const platform = platformProbes(
  'ScriptedSuperTokensCoreOptions',
  () => createScriptedSuperTokensCore(),
  (core) =>
    core.fetch('http://localhost:3567/recipe/session', {
      method: 'POST',
      body: JSON.stringify({
        userId: 'u1',
        userDataInJWT: {},
        userDataInDatabase: {},
        enableAntiCsrf: false,
        useDynamicSigningKey: true,
      }),
    }),
)

/** What the scripted SuperTokens core does when it is told nothing. */
export const scriptedSuperTokensProbes: Readonly<Record<string, Probe>> = {
  ...cookies,
  ...cores,
  ...platform,
}
