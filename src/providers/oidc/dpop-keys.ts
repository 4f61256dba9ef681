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
  /** Says that tokens which are bound to a key came to this client: until `keep` it is nobody else's. */
  won(key: OidcKey): void
  /** Saves a key to which a session is bound by now. */
  keep(name: string | undefined): Promise<void>
}

/**
 * How many sign-ins that have not left their page may be under way, how many keys are known that may be
 * bound, and how many stores: nobody tells which came to nothing, and whose clients are gone.
 */
const MOST = 99

/** Forgets the oldest of too many. */
const trim = (all: Map<unknown, unknown> | Set<unknown>): void => {
  for (const old of [...all.keys()].slice(0, -MOST)) all.delete(old)
}

/**
 * How long the key of a sign-in that has left its page is kept, in ms: a minute more than its flow, which
 * is saved after it. Until then it may be any client's of this origin, and nobody else knows which.
 */
const LONGEST = 86_460_000

/** When the key was saved, in ms since the epoch, and what it is called once a session is bound to it. */
const PENDING = /^pending\.(\d+)\.(.+)$/

/** The key of a sign-in that has left its page. */
interface Pending {
  /** Under what it lies. */
  readonly place: string
  readonly name: string
  readonly at: number
}

/** Such keys; none where the store cannot tell, which keeps them under their own names. */
async function pendingIn(store: KeyStore): Promise<readonly Pending[]> {
  const names = (await store.names?.()) ?? []
  return names.flatMap((place) => {
    const [, at, name] = PENDING.exec(place) ?? []
    return name ? [{ place, name, at: Number(at) }] : []
  })
}

async function read(store: KeyStore, name: string): Promise<unknown> {
  const own = await store.get(name)
  if (own) return own
  const pending = (await pendingIn(store)).find((each) => each.name === name)
  return pending ? store.get(pending.place) : null
}

/** Gives the key of a sign-in the name that it has with its session. */
async function settle(store: KeyStore, name: string): Promise<void> {
  for (const { place, ...pending } of await pendingIn(store)) {
    if (pending.name !== name) continue
    const pair = await store.get(place)
    if (pair) await store.set(name, pair)
    // What stays is removed as that of a sign-in which came to nothing.
    await store.remove(place).catch(() => {})
  }
}

/** Removes the key of a sign-in that came to nothing, unless it has the name by now that it has with a session. */
async function drop(store: KeyStore, name: string): Promise<void> {
  if (!store.names) await store.remove(name)
  for (const pending of await pendingIn(store)) {
    if (pending.name === name) await store.remove(pending.place)
  }
}

/** Removes the keys of sign-ins that nobody has come back from, by whatever their flows were forgotten. */
async function sweep(store: KeyStore, now: () => number): Promise<void> {
  for (const { place, at } of await pendingIn(store)) {
    if (Math.abs(now() - at) > LONGEST) await store.remove(place)
  }
}

/** @throws AuthError that says what was late, or whatever else was thrown. */
function late(error: unknown): never {
  throw isAuthError(error, 'timeout')
    ? new AuthError('timeout', 'The place of the keys did not answer in time.')
    : error
}

const nameIn = (flow: Flow): string => `${asObject(keptWith(flow).dpop)?.key}`

/** Makes the keyring of one provider. `now`: ms since the epoch. */
export function createKeyring(now: () => number): Keyring {
  // By the newest client of each: those before it may be gone.
  const reads = new Map<KeyStore, (name: string) => Promise<unknown>>()
  let newest: KeyStore | undefined
  const fresh = new Map<string, CryptoKeyPair>()
  /** What a session may be bound to: proofs were made with it. */
  const taken = new Set<string>()

  function take(name: string): void {
    taken.add(name)
    trim(taken)
  }

  /** Saves a key that lies in memory only; whether there was one. */
  async function save(name: string, place: string): Promise<boolean> {
    const pair = fresh.get(name)
    if (pair) await newest?.set(place, pair)
    return fresh.delete(name)
  }

  return {
    attach(host) {
      const { keys } = host
      if (typeof keys?.set !== 'function')
        return invalid('DPoP needs a place for keys: pass `keys: indexedDBKeys()`.')
      newest = keys
      reads.delete(keys)
      // A database that answers nothing must hold up no request for ever.
      reads.set(keys, (name) =>
        host
          .request(() => read(keys, name))
          // What a client sent before it was disposed of may need the key to be finished.
          .catch((error) => (isAuthError(error, 'disposed') ? read(keys, name) : late(error))),
      )
      trim(reads)
      // In the background: the next page does it where this one cannot.
      sweep(keys, now).catch(() => {})
      return {
        ...host,
        async saveFlow(flow) {
          const name = nameIn(flow)
          await save(name, keys.names ? `pending.${now()}.${name}` : name)
          await host.saveFlow(flow)
        },
        async removeFlow(flow) {
          await host.removeFlow(flow)
          //   this client                  another one, of the same callback page
          //                                trades the code: a session is bound to the key
          //   sends the code as well
          //   is refused                   so the key is left to the sweep
          if (!taken.has(nameIn(flow))) await drop(keys, nameIn(flow))
        },
      }
    },
    async make() {
      const pair = await crypto.subtle.generateKey(ES256, false, ['sign', 'verify'])
      const key = crypto.randomUUID()
      fresh.set(key, pair)
      trim(fresh)
      return { key, jkt: await thumbprintOf(pair) }
    },
    async find({ key, jkt }) {
      take(key)
      for (const look of reads.values()) {
        const pair = Object(fresh.get(key) ?? (await look(key)))
        // What is no key has no thumbprint.
        if ((await thumbprintOf(pair).catch(() => null)) === jkt) return pair
      }
      return null
    },
    won({ key }) {
      taken.delete(key)
    },
    async keep(name) {
      if (!name) return
      take(name)
      if (await save(name, name)) return
      for (const store of reads.keys()) await settle(store, name)
    },
  }
}
