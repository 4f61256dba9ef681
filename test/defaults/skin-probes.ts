import ky, { HTTPError } from 'ky'
import { createElement as h } from 'react'
import { renderToString } from 'react-dom/server'
import { vi } from 'vitest'
import { type AuthKyOptions, authKy } from '../../src/ky.js'
import { Impersonation } from '../../src/react/impersonation.js'
import { AuthProvider, type SessionView, useSession } from '../../src/react/index.js'
import { appStateWake } from '../../src/react-native/app-state-wake.js'
import { nativeEnvironment } from '../../src/react-native/index.js'
import { createAppState, createNetInfo } from '../support/react-native-app.js'
import { createWorld } from '../support/world.js'
import type { Probe } from './documented.js'

const API = 'https://api.example/orders'

/** What comes of a call to an API that has no such thing: the error, and the header of `own`. */
async function callMissing(options?: AuthKyOptions) {
  const { auth } = await createWorld().signedIn('ada', { autoRefresh: false })
  const own: (string | null)[] = []
  vi.stubGlobal('fetch', async (input: RequestInfo, init?: RequestInit) => {
    own.push(new Request(input, init).headers.get('X-Own'))
    return new Response('', { status: 404 })
  })
  const error: unknown = await authKy(auth, options)
    .get(API)
    .catch((thrown: unknown) => thrown)
  return { own, error }
}

/** What a server renders of who is signed in. */
async function render(initialSession?: SessionView): Promise<string> {
  const { auth } = await createWorld().signedIn('ada', { autoRefresh: false })
  const Probe = () => h('p', null, useSession().status)
  const props = { client: auth, ...(initialSession && { initialSession }) }
  return renderToString(h(AuthProvider, props, h(Probe)))
}

/** The banner of an impersonation that is told nothing. */
async function banner(): Promise<string> {
  const { auth } = await createWorld().signedIn('ada', { autoRefresh: false })
  const impersonator = { email: 'boss@example.com', reason: 'A ticket.' }
  const initialSession = { user: { id: 'ada' }, impersonator }
  return renderToString(h(AuthProvider, { client: auth, initialSession }, h(Impersonation)))
}

/** What the skins of the client do when they are told nothing. */
export const skinProbes: Readonly<Record<string, Probe>> = {
  'AuthKyOptions.ky': {
    says: 'ky',
    async observe() {
      const plain = await callMissing()
      const own = await callMissing({ ky: ky.create({ headers: { 'X-Own': '1' } }) })
      // Ky is what rejects for a 404, and an instance of one's own brings its defaults.
      return plain.error instanceof HTTPError && plain.own.join() === '' && own.own.join() === '1'
    },
  },
  'ProvideAuthOptions.initialSession': {
    says: 'unknown: the server renders `loading`',
    observe: async () =>
      (await render()) === '<p>loading</p>' &&
      (await render({ user: { id: 'ada' } })) === '<p>signed-in</p>',
  },
  'ImpersonationProps.texts': {
    says: 'in English',
    observe: async () => (await banner()).includes('boss@example.com acts as ada.'),
  },
  'ImpersonationProps.className': {
    says: 'none',
    observe: async () => !(await banner()).includes('class='),
  },
  'NativeEnvironmentOptions.crypto': {
    says: 'the platform’s `crypto`, which React Native lacks',
    observe: () => nativeEnvironment({ AppState: createAppState().AppState }).crypto === undefined,
  },
  'AppStateWakeOptions.NetInfo': {
    says: 'always online',
    async observe() {
      const isOnline = async (options?: Parameters<typeof appStateWake>[1]): Promise<boolean> => {
        const { AppState, go } = createAppState()
        const wake = appStateWake(AppState, options)
        wake.subscribe(() => {})
        go('background', 'active')
        await Promise.resolve()
        return wake.online()
      }
      return (await isOnline()) && !(await isOnline({ NetInfo: createNetInfo(false).NetInfo }))
    },
  },
}
