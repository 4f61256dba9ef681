import {
  AuthClient,
  indexedDBStorage,
  memoryStorage,
  type Storage,
  systemClock,
  webStorage,
} from 'holdfast'
import { authKy } from 'holdfast/ky'
import {
  type GoTrueActions,
  type GoTrueCredentials,
  type GoTrueUser,
  gotrue,
} from 'holdfast/providers/gotrue'

/** The client of this page. */
export type DemoClient = AuthClient<GoTrueCredentials, GoTrueUser, GoTrueActions>

/** Where the session may lie. */
export type StorageName = 'local' | 'indexed-db' | 'memory'

const storages: Readonly<Record<StorageName, () => Storage>> = {
  local: () => webStorage(),
  'indexed-db': () => indexedDBStorage(),
  memory: () => memoryStorage(),
}

const clock = systemClock()
let skew = 0

/** This device's clock, as wrong as the visitor wants it. */
export const now = (): number => clock.now() + skew

/** Sets how wrong the clock is, in ms. */
export function setSkew(ms: number): void {
  skew = ms
}

/** Reads which storage the visitor chose; every tab of the demo uses the same. */
export function chosenStorage(): StorageName {
  const name = localStorage.getItem('demo.storage')
  return name === 'indexed-db' || name === 'memory' ? name : 'local'
}

/** Makes the client of this page. */
export function createClient(name: StorageName): DemoClient {
  return new AuthClient({
    provider: gotrue({ url: `${location.origin}/auth/v1` }),
    storage: storages[name](),
    storageKey: 'demo',
    environment: { clock: { ...clock, now } },
    fetchOrigins: [location.origin],
  })
}

/** Asks the demo's own API who is signed in. A token that it refuses is refreshed on the way. */
export async function askWhoIAm(auth: DemoClient): Promise<string> {
  const { name } = await authKy(auth, { prefixUrl: '/demo' }).get<{ name: string }>('me').json()
  return name
}
