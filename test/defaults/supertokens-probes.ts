import { vi } from 'vitest'
import { createCoreWire } from '../../src/server/supertokens/core-wire.js'
import { createSuperTokens } from '../../src/server/supertokens/supertokens.js'
import type { SuperTokens } from '../../src/server/supertokens/types.js'
import { HOST, HOUR, LATER, outcomeOf, readyStage, START } from '../server/supertokens/stage.js'
import type { Probe } from './documented.js'
import { setCookiesOf } from './supertokens-web-probes.js'
import { at, lasts, neverAnswers } from './times.js'

/** A session of a core on the platform's fetch and clock. */
async function onPlatform() {
  const { core } = await readyStage()
  vi.stubGlobal('fetch', core.fetch)
  const superTokens = createSuperTokens({ hosts: HOST })
  const { accessToken } = await at(START, () => superTokens.createNewSession('ada'))
  const verify = (ms: number) =>
    at(START + ms, () => outcomeOf(superTokens.getSession(accessToken.token)))
  return { core, verify }
}

/** What becomes of a session with an anti-CSRF token that a call does not show. */
async function unguarded(
  call: (
    superTokens: SuperTokens,
    tokens: Readonly<Record<'access' | 'refresh', string>>,
  ) => Promise<unknown>,
): Promise<string> {
  const { superTokens } = await readyStage({ antiCsrf: 'VIA_TOKEN' })
  const { accessToken, refreshToken } = await superTokens.createNewSession('ada')
  const tokens = { access: accessToken.token, refresh: refreshToken.token }
  return outcomeOf(call(superTokens, tokens))
}

const cookies: Readonly<Record<string, Probe>> = {
  'SuperTokensCookies.domain': {
    says: "the API's own host only",
    observe: async () => !(await setCookiesOf()).access.has('domain'),
  },
  'SuperTokensCookies.secure': {
    observe: async () => (await setCookiesOf()).access.has('secure'),
  },
  'SuperTokensCookies.sameSite': {
    observe: async () => (await setCookiesOf()).access.get('samesite')?.toLowerCase(),
  },
  'SuperTokensCookies.accessTokenPath': {
    observe: async () => (await setCookiesOf()).access.get('path'),
  },
  'SuperTokensCookies.refreshTokenPath': {
    observe: async () => (await setCookiesOf()).refresh.get('path'),
  },
}

const sessions: Readonly<Record<string, Probe>> = {
  'SuperTokensOptions.requestTimeout': {
    async observe() {
      const superTokens = createSuperTokens({ hosts: HOST, fetch: neverAnswers })
      return lasts(() => superTokens.revokeSession('h1'))
    },
  },
  'SuperTokensOptions.interface': {
    async observe() {
      const { core, superTokens } = await readyStage({ core: { versions: ['5.3', '5.4', '5.5'] } })
      await superTokens.createNewSession('ada')
      return core.requests.at(-1)?.version
    },
  },
  'SuperTokensOptions.jwksRefreshInterval': {
    async observe() {
      const stage = await readyStage({ core: { accessTokenValidity: HOUR } })
      const { accessToken } = await stage.superTokens.createNewSession('ada')
      const sets = () => stage.core.count('/.well-known/jwks.json')
      await stage.superTokens.getSession(accessToken.token)
      const before = sets()
      for (let ms = 0; ms < HOUR; ms += 60_000) {
        if (sets() > before) return ms
        stage.pass(60_000)
        await stage.superTokens.getSession(accessToken.token)
      }
      return null
    },
  },
  'SuperTokensOptions.onTheft': {
    async observe() {
      const stage = await readyStage()
      const { superTokens, core } = stage
      const copy = await superTokens.createNewSession('ada')
      const owner = await stage.renew(copy)
      await superTokens.getSession(owner.accessToken.token)
      stage.pass(LATER)
      const outcome = await outcomeOf(superTokens.refreshSession(copy.refreshToken.token))
      if (outcome !== 'TOKEN_THEFT_DETECTED') return outcome
      return core.sessions().length === 0 ? 'revoke' : 'report'
    },
  },
  'SuperTokensOptions.useDynamicSigningKey': {
    async observe() {
      const { accessToken } = await (await readyStage()).superTokens.createNewSession('ada')
      const { kid } = JSON.parse(atob(accessToken.token.split('.')[0] ?? ''))
      // Cores name their keys so: those that they replace, and the one that stays.
      return { d: true, s: false }[String(kid)[0] ?? '']
    },
  },
  'SuperTokensOptions.coordinator': {
    says: 'memoryCoordinator()',
    async observe() {
      const { superTokens, start, core } = await readyStage()
      const { refreshToken } = await superTokens.createNewSession('ada')
      const refresh = (by: SuperTokens) => by.refreshSession(refreshToken.token)
      await Promise.all([refresh(superTokens), refresh(superTokens)])
      const once = core.count('/session/refresh')
      await refresh(start())
      return once === 1 && core.count('/session/refresh') === 2
    },
  },
  'SuperTokensOptions.reuseWindow': {
    async observe() {
      const { superTokens, pass, core, clock } = await readyStage()
      const { refreshToken } = await superTokens.createNewSession('ada')
      const refresh = () => superTokens.refreshSession(refreshToken.token)
      await refresh()
      while (core.count('/session/refresh') === 1 && clock.time < START + 60_000) {
        pass(250)
        await refresh()
      }
      return clock.time - START
    },
  },
  'SuperTokensOptions.fetch': {
    says: "the platform's fetch",
    async observe() {
      const { core, verify } = await onPlatform()
      return (await verify(1_000)) === 'OK' && core.count('/session') > 0
    },
  },
  'SuperTokensOptions.now': {
    says: 'Date.now',
    async observe() {
      const { verify } = await onPlatform()
      return (await verify(HOUR - 1_000)) === 'OK' && (await verify(HOUR)) === 'TRY_REFRESH_TOKEN'
    },
  },
  'CoreWireOptions.fetch': {
    says: "the platform's fetch",
    async observe() {
      const fetch = vi.fn(async () => Response.json({ versions: [] }))
      vi.stubGlobal('fetch', fetch)
      const wire = createCoreWire({ url: HOST, now: () => START })
      const { signal } = new AbortController()
      const body = await wire.send({ method: 'GET', path: '/apiversion' }, { signal })
      return body === '{"versions":[]}' && fetch.mock.calls.length === 1
    },
  },
}

const checks: Readonly<Record<string, Probe>> = {
  'VerifyOptions.doAntiCsrfCheck': {
    async observe() {
      const plain = await unguarded((by, { access }) => by.getSession(access))
      const without = await unguarded((by, { access }) =>
        by.getSession(access, { doAntiCsrfCheck: false }),
      )
      return without === 'OK' ? plain === 'TRY_REFRESH_TOKEN' : without
    },
  },
  'SuperTokens.doAntiCsrfCheck': {
    async observe() {
      const plain = await unguarded((by, { refresh }) => by.refreshSession(refresh))
      const without = await unguarded((by, { refresh }) =>
        by.refreshSession(refresh, { doAntiCsrfCheck: false }),
      )
      return without === 'OK' ? plain !== 'OK' : without
    },
  },
  'VerifyOptions.checkDatabase': {
    async observe() {
      const { superTokens, start } = await readyStage()
      const { accessToken, session } = await superTokens.createNewSession('ada')
      await start().revokeSession(session.handle)
      const outcome = await outcomeOf(superTokens.getSession(accessToken.token))
      return { OK: false, UNAUTHORISED: true }[outcome]
    },
  },
}

/** What sessions of a SuperTokens core do when they are told nothing but where it is. */
export const superTokensProbes: Readonly<Record<string, Probe>> = {
  ...cookies,
  ...sessions,
  ...checks,
}
