import { AuthClient, type Storage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { oidc } from 'holdfast/providers/oidc'
import {
  type AsyncStorageSource,
  type MmkvSource,
  nativeEnvironment,
  onRedirect,
  type SecureStoreSource,
  secureStorage,
} from 'holdfast/react-native'
import { createManualClock, createScriptedGoTrue, createScriptedOidc } from 'holdfast/testing'
import { createLinking, createSecureStore } from '../../support/native-modules.js'
import { createAppState, createNetInfo } from '../../support/react-native-app.js'

/** The packages of phones that the app imports, and an instance each time that it asks for one. */
export interface Packages {
  readonly SecureStore: SecureStoreSource
  /** The one that is exported by default, whose data are those of version 2. */
  readonly AsyncStorage: AsyncStorageSource
  createAsyncStorage(name: string): AsyncStorageSource
  createMMKV(): MmkvSource
  /** As in version 3. */
  createMMKV3(): MmkvSource
}

/** What the app finds around it. */
export interface Surroundings {
  readonly native: {
    /** Where the phone's requests go. */
    serveWith(fetch: (url: string, init: RequestInit) => Promise<Response>): void
    /** Where SecureStore keeps what it is given. */
    keepIn(keychain: SecureStoreSource): void
    /** Whether AsyncStorage can read and write nothing more. */
    fillDisk(full: boolean): void
  }
  readonly packages: Packages
  /** Runs when the story is over. */
  after(work: () => void): void
  /** Of `expo-crypto`. */
  readonly crypto: {
    randomBytes(length: number): Uint8Array
    sha256(bytes: Uint8Array): Promise<ArrayBuffer>
  }
}

export const HOME = 'com.example.app://callback'
export const ADA = { email: 'ada@example.com', password: 'correct horse' }
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** A profile that makes a session of more than five kilobytes. */
const PROFILE = { about: 'Grüße 漢字 👾 '.repeat(220) }

/** Some turns of the event loop: React Native's fetch settles by timers. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setTimeout(resolve))
}

/** What another server says to a redirected refresh: the words that would end the session. */
const elsewhere = (url: string): Response =>
  Object.defineProperty(
    new Response('{"code":"refresh_token_not_found","message":"-"}', {
      status: 400,
      headers: { 'content-type': 'application/json' },
    }),
    'url',
    { value: url },
  )

/** A phone with an app on it, whose server runs beside it. */
export function createPhone({ native, packages, after, crypto }: Surroundings) {
  const clock = createManualClock({ settle })
  const server = createScriptedGoTrue({
    redirectUrls: ['com.example.app://**'],
    users: [{ ...ADA, data: PROFILE }],
    signing: 'digest',
    clock,
  })
  const issuer = createScriptedOidc({
    clients: [{ id: 'app', redirectUris: [HOME] }],
    signing: 'digest',
    clock,
  })
  const carried: (readonly [url: string, authorization: string | null])[] = []
  let portal: string | null = null
  native.serveWith(async (url, init) => {
    if (portal) return elsewhere(portal)
    if (url.startsWith('https://project.example/')) return server.fetch(url, init)
    if (url.startsWith('https://id.example/')) return issuer.fetch(url, init)
    const authorization = new Headers(init.headers).get('authorization')
    carried.push([url, authorization])
    // The API refuses the first token that it sees: it knows better than the clock.
    const isFirst = authorization === carried.find(([, seen]) => seen)?.[1]
    return new Response('{}', { status: authorization && isFirst ? 401 : 200 })
  })
  const keychain = createSecureStore()
  native.keepIn(keychain.SecureStore)
  const secure = () => secureStorage(packages.SecureStore)
  const app = createAppState()
  const net = createNetInfo()
  const linking = createLinking()

  return {
    clock,
    server,
    issuer,
    /** What other servers were asked for, and with what. */
    carried,
    keychain,
    app,
    net,
    linking,
    /** Redirects every request to this address, which the network's half follows; `null` ends it. */
    redirectTo(address: string | null): void {
      portal = address
    },
    exchanges: (): number => server.count('refresh_token'),
    /** The app's client of an OpenID Connect server. */
    startOidc() {
      const auth = new AuthClient({
        provider: oidc({ issuer: 'https://id.example', clientId: 'app', redirectUri: HOME }),
        storage: secure(),
        environment: { ...nativeEnvironment({ AppState: app.AppState, crypto }), clock },
      })
      after(() => auth.dispose())
      return auth
    },
    /** Starts the app, by a link or not: its client, and what that told. */
    start(link: string | null = null, storage: Storage = secure()) {
      linking.startBy(link)
      const { AppState } = app
      const auth = new AuthClient({
        provider: gotrue({ url: 'https://project.example/auth/v1', now: clock.now }),
        storage,
        fetchOrigins: ['https://api.example'],
        environment: {
          ...nativeEnvironment({ AppState, NetInfo: net.NetInfo, crypto }),
          clock,
        },
      })
      const events: string[] = []
      auth.onAuthStateChange((event) => events.push(event))
      const links: string[] = []
      const stop = onRedirect(linking.Linking, HOME, (url) => {
        links.push(url)
        auth.actions.handleRedirect({ url }).catch((error) => events.push(error.code))
      })
      after(() => {
        stop()
        auth.dispose()
      })
      return { auth, events, links, stop }
    },
  }
}
