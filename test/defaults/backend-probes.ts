import { vi } from 'vitest'
import type { AuthorizeRequest, BackendOptions } from '../../src/server/backend/types.js'
import {
  APP,
  createBackendWorld,
  type Upstream as UpstreamAnswer,
} from '../server/backend/backend-world.js'
import { FIRST } from '../server/sealed/sealed-sessions-stage.js'
import type { Probe } from './documented.js'
import { at, lasts, neverAnswers } from './times.js'

const MINUTE = 60_000
const INSIDE = 'http://10.0.0.1:3000'
const API = 'https://api.example/v1'

/** A backend whose sign-in server lets everybody in at once, and what it was asked. */
function createWorld(options: Partial<BackendOptions> = {}) {
  const asked: AuthorizeRequest[] = []
  const world = createBackendWorld({
    backend: {
      signIn: {
        authorizeUrl(request) {
          asked.push(request)
          return `${request.redirectUri}?code=1&state=${request.state}`
        },
        exchangeCode: async () => ({ ...FIRST, lifetime: 5 * MINUTE }),
      },
      ...options,
    },
  })
  const locationOf = async (path: string, headers: Record<string, string> = {}) =>
    (await world.send(path, { headers })).headers.get('Location') ?? ''
  return { ...world, asked, locationOf }
}

/** Where a sign-in comes back to that begins at this address. */
async function callbackOf(address: string, options?: Partial<BackendOptions>): Promise<string> {
  const { asked, locationOf } = createWorld(options)
  await locationOf(address)
  return asked[0]?.redirectUri ?? ''
}

/** The status of a page's call from `origin`, at an address that only this server's proxy knows. */
async function statusFrom(origin: string, options: Partial<BackendOptions>): Promise<number> {
  const { send } = createWorld(options)
  const headers = { 'X-Holdfast': '1', Origin: origin }
  return (await send(`${INSIDE}/auth/session`, { headers })).status
}

const places: Readonly<Record<string, Probe>> = {
  'BackendOptions.basePath': {
    observe: async () =>
      new URL(await callbackOf(`${APP}/auth/sign-in`)).pathname.replace('/callback', ''),
  },
  'BackendOptions.redirectUri': {
    says: '`<origin><basePath>/callback`',
    async observe() {
      const options = { basePath: '/session', origin: APP }
      return (await callbackOf(`${INSIDE}/session/sign-in`, options)) === `${APP}/session/callback`
    },
  },
  'BackendOptions.redirectUris': {
    says: 'the one of `redirectUri`',
    async observe() {
      const options = { redirectUri: `${APP}/auth/callback` }
      return (await callbackOf(`${INSIDE}/auth/sign-in`, options)) === options.redirectUri
    },
  },
  'BackendOptions.origin': {
    says: 'the origin of `redirectUri`, or of each request',
    async observe() {
      const own = async (at: string) =>
        new URL(await callbackOf(`${at}/auth/sign-in`)).origin === at
      const options = { redirectUri: `${APP}/auth/callback` }
      return (
        (await own('https://one.example')) &&
        (await own('https://two.example')) &&
        (await statusFrom(APP, options)) !== 403 &&
        (await statusFrom(INSIDE, options)) === 403
      )
    },
  },
  'BackendOptions.appOrigin': {
    says: '`origin`',
    async observe() {
      const { locationOf } = createWorld({ origin: APP })
      const { search } = new URL(await locationOf(`${INSIDE}/auth/sign-in?returnTo=/home`))
      return (await locationOf(`${INSIDE}/auth/callback${search}`)) === `${APP}/home`
    },
  },
  'BackendOptions.allowedOrigins': {
    says: 'none but `appOrigin`',
    async observe() {
      const [appOrigin, other] = ['https://pages.example', 'https://other.example']
      return (
        (await statusFrom(appOrigin, { appOrigin })) !== 403 &&
        (await statusFrom(other, { appOrigin })) === 403 &&
        (await statusFrom(other, { appOrigin, allowedOrigins: [other] })) !== 403
      )
    },
  },
}

const signIns: Readonly<Record<string, Probe>> = {
  'BackendOptions.crossSiteHints': {
    says: "['invitationToken', 'prompt', 'maxAge', 'uiLocales']",
    async observe() {
      const hints = {
        organizationId: 'org_1',
        loginHint: 'ada@example.com',
        domainHint: 'example.com',
        invitationToken: 'invitation',
        prompt: 'login',
        provider: 'authkit',
        connectionId: 'conn_1',
        maxAge: '1000',
        uiLocales: 'fr en',
      }
      const path = `/auth/sign-in?${new URLSearchParams(hints)}`
      const taken = async (site: string) => {
        const { asked, locationOf } = createWorld()
        await locationOf(path, { 'Sec-Fetch-Site': site })
        return Object.keys(hints).filter((name) =>
          Object.entries(asked[0] ?? {}).some(
            ([key, value]) => key === name && value !== undefined,
          ),
        )
      }
      const [ours, theirs] = [await taken('same-origin'), await taken('cross-site')]
      return ours.length === 9 && theirs.join() === 'invitationToken,prompt,maxAge,uiLocales'
    },
  },
  'BackendOptions.signOutParameters': {
    says: 'nothing',
    async observe() {
      const { send } = createWorld()
      const body = JSON.stringify({ parameters: { logout_hint: 'ada@example.com' } })
      const headers = { 'X-Holdfast': '1', 'Content-Type': 'application/json' }
      return (await send('/auth/sign-out', { method: 'POST', headers, body })).status === 400
    },
  },
  'BackendOptions.onSignIn': {
    says: 'nobody does',
    async observe() {
      const { locationOf } = createWorld()
      const { search } = new URL(await locationOf('/auth/sign-in?returnTo=/in'))
      return (await locationOf(`/auth/callback${search}`)) === `${APP}/in`
    },
  },
  'BackendOptions.organizationPage': {
    says: 'none: such a sign-in has failed',
    async observe() {
      const { navigate } = createBackendWorld({ workos: { organizationChoice: 'required' } })
      const { response } = await navigate('/auth/sign-in?loginHint=ada@example.com')
      return response.status === 403 && (await response.json()).code === 'step_required'
    },
  },
  'BackendOptions.onSignInError': {
    says: 'the error as JSON; and a fresh sign-in, once, for a callback that this browser did not begin',
    async observe() {
      const { locationOf, send, jar } = createWorld()
      const state = new URL(await locationOf('/auth/sign-in')).searchParams.get('state')
      const refused = await send(`/auth/callback?error=access_denied&state=${state}`)
      const again = await locationOf('/auth/callback?code=1&state=strange')
      const { search } = new URL(await locationOf(again))
      // A browser that keeps no cookies comes back as one that did not begin it.
      jar.cookies.clear()
      const astray = await send(`/auth/callback${search}`)
      return (
        (await refused.json()).code === 'rejected' &&
        new URL(again).pathname === '/auth/sign-in' &&
        (await astray.json()).code === 'invalid_credentials'
      )
    },
  },
  'BackendOptions.now': {
    says: 'Date.now',
    async observe() {
      const signIn = async (took: number): Promise<boolean> => {
        const { locationOf } = createWorld({ now: undefined })
        const begun = Date.now()
        const { search } = new URL(await at(begun, () => locationOf('/auth/sign-in?returnTo=/in')))
        return at(begun + took, () => locationOf(`/auth/callback${search}`)).then((location) =>
          location.endsWith('/in'),
        )
      }
      return (await signIn(9 * MINUTE)) && !(await signIn(11 * MINUTE))
    },
  },
}

/** A world with a page that is signed in. */
async function signedIn(backend: Partial<BackendOptions> = {}, answer?: UpstreamAnswer) {
  const world = createBackendWorld({ backend })
  if (answer) world.upstream.answer = answer
  await world.signIn()
  return world
}

const upstreams: Readonly<Record<string, Probe>> = {
  'BackendOptions.exposeAccessToken': {
    async observe() {
      const { call } = await signedIn()
      const text = await (await call('/auth/session')).text()
      return text.includes('user') ? text.includes('accessToken') : null
    },
  },
  'BackendOptions.upstreams': {
    says: 'none',
    async observe() {
      const { call, arrivals } = await signedIn({ upstreams: undefined })
      return (await call('/auth/proxy/api/x')).status === 404 && arrivals.length === 0
    },
  },
  'BackendOptions.fetch': {
    says: "the platform's fetch",
    async observe() {
      const { call } = await signedIn({ fetch: undefined })
      const fetch = vi.fn(async () => Response.json({}))
      vi.stubGlobal('fetch', fetch)
      return (await call('/auth/proxy/api/x')).status === 200 && fetch.mock.calls.length === 1
    },
  },
  'Upstream.requestHeaders': {
    says: 'none',
    async observe() {
      const sends = async (requestHeaders?: readonly string[]) => {
        const api = { target: API, requestHeaders }
        const { call, arrivals } = await signedIn({ upstreams: { api } })
        await call('/auth/proxy/api/x', { headers: { 'X-Own': '1' } })
        return arrivals[0]?.headers.has('X-Own')
      }
      return (await sends(['X-Own'])) === true && (await sends()) === false
    },
  },
  'Upstream.responseHeaders': {
    says: 'none',
    async observe() {
      const gets = async (responseHeaders?: readonly string[]) => {
        const api = { target: API, responseHeaders }
        const answer = () => Response.json({}, { headers: { 'X-Own': '1' } })
        const { call } = await signedIn({ upstreams: { api } }, answer)
        return (await call('/auth/proxy/api/x')).headers.has('X-Own')
      }
      return (await gets(['X-Own'])) && !(await gets())
    },
  },
  'Upstream.requestTimeout': {
    async observe() {
      const { call } = await signedIn({ fetch: neverAnswers })
      return lasts(() => call('/auth/proxy/api/x'))
    },
  },
  'Upstream.idleTimeout': {
    async observe() {
      const answer = () => new Response(new ReadableStream())
      const { call } = await signedIn({}, answer)
      const response = await call('/auth/proxy/api/x')
      return lasts(() => response.text())
    },
  },
}

/** What a backend for a frontend does when it is told nothing but what it must be told. */
export const backendProbes: Readonly<Record<string, Probe>> = {
  ...places,
  ...signIns,
  ...upstreams,
}
