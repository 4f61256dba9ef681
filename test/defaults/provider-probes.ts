import { vi } from 'vitest'
import { AuthClient, memoryStorage, type Provider, type SessionUser } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { authJsStorage, gotrue } from '../../src/providers/gotrue/index.js'
import { netlifyIdentity } from '../../src/providers/gotrue/netlify.js'
import { HTTP_ONLY, supertokens } from '../../src/providers/supertokens/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { frontToken } from '../client/supertokens-world.js'
import { context, jwt } from '../support/wire.js'
import { sessionBody } from '../support/workos-wire.js'
import type { Probe } from './documented.js'

const PAGE = 'https://app.example/page?tab=2#top'
const GOTRUE = { url: 'https://auth.example/auth/v1' }
const HOUR = 3_600_000

interface Sent {
  readonly request: Request
  readonly url: URL
  readonly body: Readonly<Record<string, unknown>>
}

/** Has the platform's fetch give the answers; what was sent meanwhile, however the call ended. */
async function requestsOf(
  call: () => Promise<unknown> | undefined,
  ...answers: Response[]
): Promise<readonly Sent[]> {
  const sent: Sent[] = []
  vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const text = await request.clone().text()
    sent.push({ request, url: new URL(request.url), body: text ? JSON.parse(text) : {} })
    return answers.shift() ?? Response.json({})
  })
  await call()?.catch(() => {})
  return sent
}

const firstOf = async (call: () => Promise<unknown> | undefined): Promise<Sent> => {
  const [first] = await requestsOf(call)
  if (!first) throw new Error('Nothing was sent.')
  return first
}

const refreshOf = (provider: Provider<never, SessionUser>, token = 'token') =>
  firstOf(() => provider.refresh(token, context()))

/** The actions of a provider, on a page. */
function actionsOf<Credentials, User extends SessionUser, Actions extends object>(
  provider: Provider<Credentials, User, Actions>,
): Actions {
  const tab = createFakeBrowser().tab({ href: PAGE })
  return new AuthClient({ provider, storage: tab.storage, environment: tab.environment }).actions
}

const plantPage = (): unknown => vi.stubGlobal('location', new URL(PAGE))

/** Runs at a wall time of the platform, in ms. */
async function at<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const now = vi.spyOn(Date, 'now').mockReturnValue(ms)
  return work().finally(() => now.mockRestore())
}

const http: Readonly<Record<string, Probe>> = {
  'HttpOptions.fetch': {
    says: "the platform's fetch",
    observe: async () => (await refreshOf(gotrue(GOTRUE))).url.host === 'auth.example',
  },
  'HttpOptions.credentials': {
    observe: async () => (await refreshOf(gotrue(GOTRUE))).request.credentials,
  },
}

const ofGoTrue: Readonly<Record<string, Probe>> = {
  'GoTrueOptions.now': {
    says: 'Date.now',
    async observe() {
      const accessToken = jwt({ sub: 'u1', iat: 1_000, exp: 4_600 })
      const restore = async () => {
        let grant: unknown
        await requestsOf(
          async () => {
            grant = await gotrue(GOTRUE).restore?.({ accessToken, refreshToken: 'r' }, context())
          },
          Response.json({ id: 'u1' }),
        )
        return grant
      }
      const grant = await at(4_000_000, restore)
      return typeof grant === 'object' && grant && 'lifetime' in grant && grant.lifetime === 600_000
    },
  },
  'NetlifyOptions.now': {
    says: 'Date.now',
    async observe() {
      const accessToken = jwt({ sub: 'u1', exp: 4_600 })
      const lifetimes: unknown[] = []
      const restore = () =>
        requestsOf(
          async () => {
            const { restore } = netlifyIdentity(GOTRUE)
            lifetimes.push(
              (await restore?.({ accessToken, refreshToken: 'r' }, context()))?.lifetime,
            )
          },
          Response.json({ id: 'u1' }),
        )
      await at(4_000_000, restore)
      return lifetimes[0] === 600_000
    },
  },
  'NetlifyOptions.acceptFragmentTokens': {
    async observe() {
      const url = `${PAGE.split('#')[0]}#access_token=${jwt({ sub: 'u1' })}&refresh_token=r`
      const results: unknown[] = []
      const sent = await requestsOf(
        async () => {
          results.push(await actionsOf(netlifyIdentity(GOTRUE)).handleRedirect({ url }))
        },
        Response.json({ id: 'u1' }),
      )
      return sent.length > 0
    },
  },
  'AuthJsStorages.userStorage': {
    says: '`storage`',
    async observe() {
      const storage = memoryStorage()
      await storage.set('left', JSON.stringify({ access_token: 'a', refresh_token: 'r' }))
      await storage.set('left-user', JSON.stringify({ user: { id: 'ada' } }))
      const text = await authJsStorage({ storage }).get('left')
      return JSON.parse(text ?? '').user.id === 'ada'
    },
  },
  'GoTrueCredentials.type': {
    says: "'email' or 'sms'",
    async observe() {
      const typeOf = async (address: { readonly email: string } | { readonly phone: string }) => {
        const { signIn } = gotrue(GOTRUE)
        return (await firstOf(() => signIn?.({ ...address, code: '123456' }, context()))).body.type
      }
      const [email, phone] = [await typeOf({ email: 'a@b.c' }), await typeOf({ phone: '+1555' })]
      return email === 'email' && phone === 'sms'
    },
  },
  'GoTrueOptions.terminal': {
    says: 'never',
    async observe() {
      const kept: unknown[] = []
      for (let status = 400; status < 500; status++) {
        const answer = Response.json({ code: 'hook_payload_over_size_limit' }, { status })
        const { refresh } = gotrue(GOTRUE)
        await requestsOf(
          () => refresh('token', context()).catch(({ retryable }) => kept.push(retryable)),
          answer,
        )
      }
      return kept.length === 100 && kept.every((retryable) => retryable === true)
    },
  },
  'GoTrueOptions.acceptFragmentTokens': {
    async observe() {
      const accessToken = jwt({ sub: 'u1', iat: 1_000, exp: 4_600 })
      const tokens = `access_token=${accessToken}&refresh_token=r&expires_in=3600&token_type=bearer`
      const url = `${PAGE.split('#')[0]}#${tokens}`
      let session: unknown
      const sent = await requestsOf(
        async () => {
          session = (await actionsOf(gotrue(GOTRUE)).handleRedirect({ url }))?.session
        },
        Response.json({ id: 'u1' }),
      )
      return sent.length > 0 || session !== null
    },
  },
  'Redirect.flow': {
    async observe() {
      const { sendOtp } = actionsOf(gotrue(GOTRUE))
      const { body } = await firstOf(() => sendOtp({ email: 'a@b.c', redirectTo: PAGE }))
      return body.code_challenge_method === 's256' ? 'pkce' : 'implicit'
    },
  },
  'GoTrueActions.flow': {
    async observe() {
      const url = await actionsOf(gotrue(GOTRUE)).authorizeUrl({ provider: 'github' })
      return new URL(url).searchParams.has('code_challenge') ? 'pkce' : 'implicit'
    },
  },
  'Messenger.channel': {
    says: 'what the server has, `sms`',
    async observe() {
      const { sendOtp } = actionsOf(gotrue(GOTRUE))
      const { body } = await firstOf(() => sendOtp({ phone: '+1555' }))
      return body.phone === '+1555' && !('channel' in body)
    },
  },
  'OtpOptions.createUser': {
    async observe() {
      const { sendOtp } = actionsOf(gotrue(GOTRUE))
      return (await firstOf(() => sendOtp({ email: 'a@b.c' }))).body.create_user
    },
  },
}

const SUPERTOKENS = { url: 'https://api.example' }
const NAME = `${HTTP_ONLY}h1`

const ofSuperTokens: Readonly<Record<string, Probe>> = {
  'ApiRequest.rid': {
    observe: async () =>
      (await refreshOf(supertokens(SUPERTOKENS), NAME)).request.headers.get('rid'),
  },
  'SuperTokensProviderOptions.url': {
    says: "'' the page's own origin",
    async observe() {
      plantPage()
      return (await refreshOf(supertokens(), NAME)).url.origin === new URL(PAGE).origin
    },
  },
  'SuperTokensProviderOptions.apiBasePath': {
    async observe() {
      const { url } = await refreshOf(supertokens(SUPERTOKENS), NAME)
      return url.pathname.replace('/session/refresh', '')
    },
  },
  'SuperTokensProviderOptions.transfer': {
    async observe() {
      const { request } = await refreshOf(supertokens(SUPERTOKENS), NAME)
      return request.credentials === 'include' && request.headers.get('st-auth-mode')
    },
  },
  'SuperTokensProviderOptions.sessionExpiredStatusCode': {
    async observe() {
      const over: number[] = []
      for (let status = 400; status < 500; status++) {
        const answer = Response.json({ message: 'unauthorised' }, { status })
        const { refresh } = supertokens(SUPERTOKENS)
        await requestsOf(
          () =>
            refresh(NAME, context()).catch(({ code }) => {
              if (code === 'refresh_rejected') over.push(status)
            }),
          answer,
        )
      }
      return over.length === 1 ? over[0] : over
    },
  },
  'SuperTokensProviderOptions.invalidClaimStatusCode': {
    async observe() {
      const { readAnswer } = supertokens(SUPERTOKENS)
      const tokens = { accessToken: NAME, refreshToken: NAME }
      const session = { ...tokens, expiresAt: 0, user: null, extras: {} }
      const steps: number[] = []
      for (let status = 400; status < 500; status++) {
        const copy = () => Response.json({ claimValidationErrors: [{ id: 'st-role' }] }, { status })
        const { headers } = copy()
        const answer = { url: '/', method: 'GET', status, headers, copy }
        if ((await readAnswer?.(answer, session))?.kind === 'step') steps.push(status)
      }
      return steps.length === 1 ? steps[0] : steps
    },
  },
  'SuperTokensProviderOptions.lookForSession': {
    async observe() {
      plantPage()
      const { resume } = supertokens(SUPERTOKENS)
      return (await requestsOf(async () => resume?.ask(null, context()))).length === 1
    },
  },
  'SuperTokensProviderOptions.now': {
    says: 'Date.now',
    async observe() {
      const front = { uid: 'u1', ate: 10 * HOUR, up: { sub: 'u1', sessionHandle: 'h1' } }
      const answer = Response.json({}, { headers: { 'front-token': frontToken(front) } })
      let lifetime: number | undefined
      const refresh = () =>
        requestsOf(async () => {
          lifetime = (await supertokens(SUPERTOKENS).refresh(NAME, context()))?.lifetime
        }, answer)
      await at(9 * HOUR, refresh)
      return lifetime === HOUR
    },
  },
}

const WORKOS = { clientId: 'client_1' }

const ofWorkOS: Readonly<Record<string, Probe>> = {
  'WorkOSOptions.url': {
    observe: async () => (await refreshOf(workos(WORKOS))).url.origin,
  },
  'WorkOSOptions.redirectUri': {
    says: "the page's origin",
    async observe() {
      const url = new URL(await actionsOf(workos(WORKOS)).signInUrl())
      return url.searchParams.get('redirect_uri') === new URL(PAGE).origin
    },
  },
  'WorkOSOptions.cookies': {
    says: 'false: the client holds the token',
    async observe() {
      let token: string | undefined
      const [sent] = await requestsOf(async () => {
        token = (await workos(WORKOS).refresh('token', context()))?.refreshToken
      }, Response.json(sessionBody()))
      return token === 'next-token' && sent?.request.credentials === 'omit'
    },
  },
  'WorkOSOptions.hasSession': {
    says: 'never',
    async observe() {
      const { resume } = workos({ ...WORKOS, url: 'https://auth.app.example', cookies: true })
      return (await requestsOf(async () => resume?.ask(null, context()))).length === 0
    },
  },
  'AuthorizeOptions.provider': {
    says: "'authkit', unless there is a `connectionId`",
    async observe() {
      const { signInUrl } = actionsOf(workos(WORKOS))
      const providerOf = async (options: { readonly connectionId?: string }) =>
        new URL(await signInUrl(options)).searchParams.get('provider')
      return (
        (await providerOf({})) === 'authkit' && (await providerOf({ connectionId: 'c1' })) === null
      )
    },
  },
}

const ofBackend: Readonly<Record<string, Probe>> = {
  'BackendProviderOptions.url': {
    async observe() {
      plantPage()
      const { url } = await refreshOf(backend(), `${HTTP_ONLY}s1`)
      return url.origin === new URL(PAGE).origin && url.pathname.replace('/refresh', '')
    },
  },
  'BackendProviderOptions.trailingSlash': {
    async observe() {
      plantPage()
      return (await refreshOf(backend(), `${HTTP_ONLY}s1`)).url.pathname.endsWith('/')
    },
  },
  'SignInUrlOptions.returnTo': {
    says: 'the current one',
    async observe() {
      const link = await actionsOf(backend({ url: 'https://app.example/auth' })).signInUrl()
      return new URL(link).searchParams.get('returnTo') === '/page?tab=2#top'
    },
  },
  'SignOutUrlOptions.returnTo': {
    says: 'where the auth server leads, or `/`',
    async observe() {
      const logoutUrl = 'https://auth.example/logout'
      const answers = [Response.json({ logoutUrl }), Response.json({})]
      const led: string[] = []
      const leave = async () => {
        const actions = actionsOf(backend({ url: 'https://app.example/auth' }))
        for (const _ of [1, 2]) led.push(await actions.signOut())
      }
      await requestsOf(leave, ...answers)
      return led.join() === `${logoutUrl},/`
    },
  },
}

/** What the providers do when they are told nothing. */
export const providerProbes: Readonly<Record<string, Probe>> = {
  ...http,
  ...ofGoTrue,
  ...ofSuperTokens,
  ...ofWorkOS,
  ...ofBackend,
}
