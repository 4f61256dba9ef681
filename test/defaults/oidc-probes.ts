import { vi } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { oidc } from '../../src/providers/oidc/index.js'
import { type PopupOptions, popup } from '../../src/providers/oidc/popup.js'
import { okta } from '../../src/providers/oidc/presets.js'
import { silentRenewal, silentSignIn } from '../../src/providers/oidc/silent.js'
import { axaOidcClient } from '../../src/providers/oidc/take-over.js'
import { verifyIdToken } from '../../src/providers/oidc/verify-id-token.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { makeKey, openIssuer, SIGNING_DOCUMENT } from '../support/oidc-issuer.js'
import { createWindows } from '../support/oidc-windows.js'
import { answering, CALLBACK, DOCUMENT, ISSUER, oidcPage } from '../support/oidc-wire.js'
import { createOidcWorld } from '../support/oidc-world.js'
import { context } from '../support/wire.js'
import type { Probe } from './documented.js'

/** What a sign-in asks for. */
async function askedOf(options: object = {}): Promise<Readonly<Record<string, string>>> {
  return (await oidcPage({}).begin(options)).parameters
}

/** How a popup with these options opens its window, where the browser then blocks it. */
async function openedBy(options: PopupOptions) {
  const asked: unknown[] = []
  vi.stubGlobal('open', (...given: unknown[]) => void asked.push(...given))
  await popup(oidcPage({}).auth, options)
    .signIn()
    .catch(() => {})
  return { asked }
}

/** What `oidc` does when it is told nothing. */
export const oidcProbes: Readonly<Record<string, Probe>> = {
  'OidcOptions.scope': { observe: async () => (await askedOf()).scope },
  'OidcOptions.metadata': {
    says: 'asked of the issuer, once',
    async observe() {
      const { sent, fetch } = answering([200, DOCUMENT], [200, {}], [200, {}])
      const options = { issuer: ISSUER, clientId: 'app', redirectUri: CALLBACK, fetch }
      const provider = oidc(options)
      for (let i = 0; i < 2; i++) await provider.refresh('token', context())
      return sent.map(({ method }) => method).join() === 'GET,POST,POST'
    },
  },
  'OidcOptions.parameters': {
    says: 'none',
    observe: async () => Object.keys(await askedOf()).length === 8,
  },
  'OidcOptions.loadUser': {
    says: 'the id token says who it is',
    async observe() {
      const { signIn, auth, sent } = oidcPage({})
      await signIn({ name: 'Ada' })
      return (await auth.getSession())?.user?.name === 'Ada' && sent.length === 1
    },
  },
  'OidcOptions.resourceTokens': {
    says: 'the session has its own token only',
    async observe() {
      const { signIn, auth } = oidcPage({})
      await signIn()
      const wanted = auth.getAccessToken({ resource: 'https://api.example' })
      return wanted.catch((error: unknown) => isAuthError(error, 'invalid_argument'))
    },
  },
  'OidcOptions.stepUp': {
    says: 'their 401 is handed to the app',
    async observe() {
      const { signIn, auth } = oidcPage({})
      await signIn()
      const header = 'Bearer error="insufficient_user_authentication"'
      const headers = { 'WWW-Authenticate': header }
      vi.stubGlobal('fetch', async () => new Response(null, { status: 401, headers }))
      return (await auth.fetch('https://api.example/')).status === 401
    },
  },
  'OidcOptions.pushRequest': {
    says: 'they are in the address',
    observe: async () => (await askedOf({ loginHint: 'ada' })).login_hint === 'ada',
  },
  'OidcSignOutOptions.idTokenHint': {
    async observe() {
      const { signIn, auth } = oidcPage({})
      await signIn()
      return new URL(await auth.actions.signOutUrl()).searchParams.has('id_token_hint')
    },
  },
  'PopupOptions.features': {
    observe: async () => (await openedBy({})).asked[2],
  },
  'PopupOptions.timeout': {
    async observe() {
      const { clock } = createFakeBrowser()
      const windows = createWindows(clock)
      const outcome = popup(oidcPage({}).auth, { page: windows.page }).signIn()
      const state = { ended: false }
      outcome.catch(() => {
        state.ended = true
      })
      await windows.ledTo(0)
      await clock.settle()
      const begun = clock.now()
      while (!state.ended) await clock.advance(1_000)
      return clock.now() - begun
    },
  },
  'PopupOptions.page': {
    says: 'the page that this runs in',
    observe: async () => (await openedBy({})).asked[0] === '',
  },
  'OidcTakeOverArea.area': {
    async observe() {
      const looked: string[] = []
      for (const area of ['local', 'session']) {
        const storage = { 'oidc.default': area, removeItem: () => looked.push(area) }
        vi.stubGlobal(`${area}Storage`, storage)
      }
      const { storage, key } = axaOidcClient({ configurationName: 'default' })
      await storage.remove(key)
      return looked.join()
    },
  },
  'SilentOptions.frame': {
    says: 'an iframe of the page that this runs in',
    async observe() {
      const made: string[] = []
      const body = { append: () => {} }
      const createElement = (name: string) => {
        made.push(name)
        throw new Error('enough')
      }
      vi.stubGlobal('document', { body, createElement })
      await silentSignIn(oidcPage({}).auth).catch(() => {})
      return made.join() === 'iframe'
    },
  },
  'SilentRenewalOptions.idTokenHint': {
    async observe() {
      const { open, signIn } = createOidcWorld({ manners: 'zitadel' })
      const asked: string[] = []
      const frame = async (url: string): Promise<never> => {
        asked.push(url)
        throw new Error('enough')
      }
      const opened = open({ scope: 'openid' }, (provider) => silentRenewal(provider, { frame }))
      await signIn(opened)
      await opened.auth.refreshSession().catch(() => {})
      return new URL(asked[0] ?? '').searchParams.has('id_token_hint')
    },
  },
  'OidcOptions.dpop': {
    says: 'tokens are bearer tokens',
    async observe() {
      const metadata = { ...DOCUMENT, dpop_signing_alg_values_supported: ['ES256'] }
      const { signIn, begin, sent, auth } = oidcPage({ metadata })
      const { parameters } = await begin()
      await signIn()
      const session = await auth.getSession()
      return !('dpop_jkt' in parameters) && !sent[0]?.headers.has('dpop') && !session?.keyId
    },
  },
  'OidcOptions.verifyIdToken': {
    says: 'they are believed as they come from the token endpoint over TLS (OIDC Core §3.1.3.7)',
    async observe() {
      const forged = await makeKey('key-1')
      const { signIn, jwks } = await openIssuer()
      const back: object = Object(await signIn((claims) => forged.sign(claims)))
      return 'user' in back && jwks.asked === 0
    },
  },
  'VerifyIdTokenOptions.algorithms': {
    says: 'those that the server’s document names; RS256, where it names none',
    async observe() {
      const taken = async (alg: string, named: unknown): Promise<boolean> => {
        const metadata = { ...SIGNING_DOCUMENT, id_token_signing_alg_values_supported: named }
        const { signIn, jwks } = await openIssuer({ metadata, verifyIdToken: verifyIdToken() })
        const key = await makeKey('own', alg)
        jwks.keys = [key.jwk]
        return 'user' in Object(await signIn((claims) => key.sign(claims)))
      }
      const all = [taken('ES256', ['ES256']), taken('RS256', undefined), taken('ES256', undefined)]
      return (await Promise.all(all)).join() === 'true,true,false'
    },
  },
  'VerifyIdTokenOptions.clockSkew': {
    says: 'this device’s clock is not asked',
    async observe() {
      const far = verifyIdToken({}, () => 9_000_000_000_000)
      return 'user' in Object(await (await openIssuer({ verifyIdToken: far })).signIn())
    },
  },
  'OidcOptions.postLogoutParameter': {
    async observe() {
      const { signIn, auth } = oidcPage({})
      await signIn()
      const there = 'https://app.example/bye'
      const url = new URL(await auth.actions.signOutUrl({ postLogoutRedirectUri: there }))
      return [...url.searchParams].find(([, value]) => value === there)?.[0]
    },
  },
  'OktaOptions.authorizationServer': {
    async observe() {
      const { sent, fetch } = answering([404, {}], [404, {}])
      const provider = okta({ domain: 'a.b', clientId: 'app', redirectUri: CALLBACK, fetch })
      await provider.refresh('token', context()).catch(() => {})
      return sent[0]?.url.split('/')[4]
    },
  },
  'OidcSignInOptions.scope': {
    says: 'that of the provider',
    observe: async () =>
      (await oidcPage({ scope: 'openid x' }).begin()).parameters.scope === 'openid x',
  },
}
