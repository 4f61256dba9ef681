import type { SuperTokensCookies } from '../../src/server/supertokens/cookie-types.js'
import {
  createSuperTokensSessions,
  type GetSessionOptions,
  type NewSessionOptions,
} from '../../src/server/supertokens/web/index.js'
import { outcomeOf, readyStage, START } from '../server/supertokens/stage.js'
import { bearer, cookies } from '../server/supertokens/web-stage.js'
import type { Probe } from './documented.js'
import { at, DAY } from './times.js'

const ask = (headers: Readonly<Record<string, string>> = {}, method = 'POST') => ({
  request: { method, headers: new Headers(headers) },
  answer: new Headers(),
})

/** The attributes of a `Set-Cookie`, by their names. */
function attributesOf(lines: readonly string[], name: string): ReadonlyMap<string, string> {
  const line = lines.find((text) => text.startsWith(`${name}=`)) ?? ''
  const [, ...attributes] = line.split(/; */)
  return new Map(
    attributes.map((text): [string, string] => {
      const [key = '', value = ''] = text.split('=')
      return [key.toLowerCase(), value]
    }),
  )
}

/** An app on a core, in which Ada has just signed in by cookies. */
async function signedIn(settings: SuperTokensCookies = {}, wanted: NewSessionOptions = {}) {
  const stage = await readyStage({ cookies: settings })
  const sessions = createSuperTokensSessions({ superTokens: stage.superTokens })
  const exchange = ask({ 'st-auth-mode': 'cookie' })
  const session = await sessions.createNewSession(exchange, 'ada', wanted)
  const shown = cookies({ sAccessToken: session.getAccessToken() })
  /** What comes of a request with these headers besides Ada's cookie. */
  const get = (
    method: string,
    { headers = {}, ...options }: GetSessionOptions & { readonly headers?: object } = {},
  ): Promise<string> =>
    outcomeOf(sessions.getSession(ask({ ...shown, ...headers }, method), options))
  return { ...stage, sessions, session, shown, get, answer: exchange.answer }
}

/** The attributes of the cookies of a session that has just begun. */
export async function setCookiesOf() {
  const { answer } = await signedIn()
  const lines = answer.getSetCookie()
  return {
    access: attributesOf(lines, 'sAccessToken'),
    refresh: attributesOf(lines, 'sRefreshToken'),
  }
}

const READING = ['GET', 'HEAD', 'OPTIONS']
const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE']
const CROSS_SITE = { sameSite: 'none' } as const

const guards: Readonly<Record<string, Probe>> = {
  'SuperTokensOptions.antiCsrf': {
    says: "'VIA_CUSTOM_HEADER' where `cookies.sameSite` is `none`, else 'NONE'",
    async observe() {
      const [lax, none] = [await signedIn(), await signedIn(CROSS_SITE)]
      return (
        !lax.answer.has('anti-csrf') &&
        (await lax.get('POST')) === 'OK' &&
        !none.answer.has('anti-csrf') &&
        (await none.get('POST')) === 'TRY_REFRESH_TOKEN' &&
        (await none.get('POST', { headers: { rid: 'session' } })) === 'OK'
      )
    },
  },
  'GetSessionOptions.antiCsrfCheck': {
    says: 'true, but for GET, HEAD and OPTIONS',
    async observe() {
      const { get } = await signedIn(CROSS_SITE)
      const outcomes = async (methods: readonly string[]) =>
        [...new Set(await Promise.all(methods.map((method) => get(method))))].join()
      return (
        (await outcomes(READING)) === 'OK' &&
        (await outcomes(CHANGING)) === 'TRY_REFRESH_TOKEN' &&
        (await get('POST', { antiCsrfCheck: false })) === 'OK'
      )
    },
  },
  'GetSessionOptions.checkDatabase': {
    async observe() {
      const { start, session, get } = await signedIn()
      await start().revokeSession(session.getHandle())
      return { OK: false, UNAUTHORISED: true }[await get('GET')]
    },
  },
  'GetSessionOptions.sessionRequired': {
    async observe() {
      const { sessions } = await signedIn()
      return (await outcomeOf(sessions.getSession(ask()))) === 'UNAUTHORISED'
    },
  },
}

const answers: Readonly<Record<string, Probe>> = {
  'SuperTokensSessionsOptions.transfer': {
    async observe() {
      const { sessions, session, get } = await signedIn()
      const header = await outcomeOf(sessions.getSession(ask(bearer(session.getAccessToken()))))
      const both = [await get('GET'), header].map((outcome) => outcome === 'OK')
      return { 'true,true': 'any', 'true,false': 'cookie', 'false,true': 'header' }[both.join()]
    },
  },
  'SuperTokensSessionsOptions.sessionExpiredStatusCode': {
    async observe() {
      const { sessions } = await signedIn()
      const url = 'https://api.example/auth/session/refresh'
      return (await sessions.handle(new Request(url, { method: 'POST' })))?.status
    },
  },
  'SuperTokensSessionsOptions.signOutPath': {
    async observe() {
      const { sessions } = await signedIn()
      const served: string[] = []
      for (const path of ['/signout', '/auth/signout', '/auth/sign-out', '/auth/logout']) {
        const request = new Request(`https://api.example${path}`, { method: 'POST' })
        if (await sessions.handle(request)) served.push(path)
      }
      return served.join()
    },
  },
  'SuperTokensSessionsOptions.now': {
    says: 'Date.now',
    async observe() {
      const { answer } = await at(START - DAY, () => signedIn())
      const expires = attributesOf(answer.getSetCookie(), 'sAccessToken').get('expires') ?? ''
      // A year after the answer, by the clock of whoever wrote it.
      return Date.parse(expires) === START + 364 * DAY
    },
  },
  'NewSessionOptions.jwtPayload': {
    says: '{}',
    async observe() {
      const { session } = await signedIn()
      const own = await signedIn({}, { jwtPayload: { plan: 'free' } })
      const payload = JSON.stringify(session.getJWTPayload())
      return payload === '{}' && JSON.stringify(own.session.getJWTPayload()) === '{"plan":"free"}'
    },
  },
  'NewSessionOptions.sessionData': {
    says: '{}',
    async observe() {
      const { session } = await signedIn()
      return JSON.stringify(await session.getSessionData()) === '{}'
    },
  },
}

/** What sessions of SuperTokens in the cookies of requests do when they are told nothing. */
export const superTokensWebProbes: Readonly<Record<string, Probe>> = { ...guards, ...answers }
