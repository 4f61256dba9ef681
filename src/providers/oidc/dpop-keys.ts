import { AuthError, isAuthError } from '../../core/errors.js'
import type { KeyStore } from '../../core/ports.js'
import type { ActionHost, Flow } from '../../core/provider.js'
import { asObject } from '../shared/json.js'
import { keptWith } from '../shared/redirect.js'
import { invalid } from '../shared/url.js'
import { ES256, thumbprintOf } from './dpop-proof.js'
import type { OidcKey, OidcUser } from './types.js'

/** The keys of one provider's sessions, and of sign-ins under way. */
export interface Keyring {
  /** The host of one client, whose keys are used from now on. @throws AuthError `invalid_argument`. */
  attach(host: ActionHost<OidcUser>): ActionHost<OidcUser>
  /** Makes a key. It is saved as soon as it has to outlive the page. */
  make(): Promise<OidcKey>
  /** The key of that name, if it is the right one: another one would be refused for good. */
  find(key: OidcKey): Promise<CryptoKeyPair | null>
  /** Saves a key to which a session is bound by now. */
  keep(name: string | undefined): Promise<void>
}

/** How many sign-ins that have not left their page may be under way; nobody tells which came to nothing. */
const MOST = 99

/** @throws AuthError that says what was late, or whatever else was thrown. */
function inTime(error: unknown): never {
  throw isAuthError(error, 'timeout')
    ? new AuthError('timeout', 'The place of the keys did not answer in time.')
    : error
}

const nameIn = (flow: Flow): string => `${asObject(keptWith(flow).dpop)?.key}`

/** Makes the keyring of one provider. */
export function createKeyring(): Keyring {
  const reads = new Set<(name: string) => Promise<unknown>>()
  let newest: KeyStore | undefined
  const fresh = new Map<string, CryptoKeyPair>()
  const bound = new Set<string | undefined>()

  async function save(name = ''): Promise<void> {
    const pair = fresh.get(name)
    if (pair) await newest?.set(name, pair)
    fresh.delete(name)
  }

  return {
    attach(host) {
      const { keys } = host
      if (typeof keys?.set !== 'function')
        return invalid('DPoP needs a place for keys: pass `keys: indexedDBKeys()`.')
      newest = keys
      // A database that answers nothing must hold up no request for ever.
      reads.add((name) => host.request(() => keys.get(name)).catch(inTime))
      return {
        ...host,
        async saveFlow(flow) {
          await save(nameIn(flow))
          await host.saveFlow(flow)
        },
        async removeFlow(flow) {
          await host.removeFlow(flow)
          // Of a sign-in that came to nothing nothing is left.
          if (!bound.has(nameIn(flow))) await keys.remove(nameIn(flow))
        },
      }
    },
    async make() {
      const pair = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify'])
      const key = crypto.randomUUID()
      fresh.set(key, pair)
      for (const old of [...fresh.keys()].slice(0, -MOST)) fresh.delete(old)
      return { key, jkt: await thumbprintOf(pair) }
    },
    async find({ key, jkt }) {
      for (const read of reads) {
        const pair = Object(fresh.get(key) ?? (await read(key)))
        // What is no key has no thumbprint.
        if ((await thumbprintOf(pair).catch(() => null)) === jkt) return pair
      }
      return null
    },
    async keep(name) {
      bound.add(name)
      await save(name)
    },
  }
}
