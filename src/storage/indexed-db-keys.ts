import { del, get, keys, set } from 'idb-keyval'

import { AuthError } from '../core/errors.js'
import type { KeyStore } from '../core/ports.js'
import { openDatabase } from './database.js'
import { databaseOf } from './options.js'

/** Options of {@link indexedDBKeys}. */
export interface IndexedDBKeysOptions {
  /** The name of the database; nothing else may use it. @default 'holdfast-keys' */
  readonly database?: string | undefined
}

/** `CryptoKey`, whoever declares the platform; where nobody does, as in React Native, there is none. */
type PlatformKey = typeof globalThis extends {
  readonly crypto: { readonly subtle: { sign(by: never, key: infer Key, data: never): unknown } }
}
  ? Key
  : never

/** A key that no script can read, alone or with its public half. */
export type SecretKey =
  | PlatformKey
  | { readonly privateKey: PlatformKey; readonly publicKey: PlatformKey }

// Insecure origins have no such class, and no keys.
const isKey = (value: unknown): value is CryptoKey =>
  typeof CryptoKey === 'function' && value instanceof CryptoKey

const isSecret = (value: unknown): value is CryptoKey =>
  isKey(value) && value.type !== 'public' && !value.extractable

/** Nobody else writes here, so what scripts could have read is none of ours. */
function toKey(value: unknown): SecretKey | null {
  if (isSecret(value)) return value
  if (typeof value !== 'object' || value === null) return null
  if (!('privateKey' in value && 'publicKey' in value)) return null
  const { privateKey, publicKey } = value
  const whole = isSecret(privateKey) && isKey(publicKey) && publicKey.type === 'public'
  return whole ? { privateKey, publicKey } : null
}

/**
 * Keeps the keys of sessions in an IndexedDB database of its own, opened at the first call: the
 * sessions' database has one object store, and a second one would have to wait for all its tabs.
 * What lies there and is no such key reads as `null`. Its methods throw AuthError `storage` when the
 * database is missing, blocked or full, or cannot hold keys; `set` throws `invalid_argument` for a
 * key that scripts can read.
 * @example
 * ```ts
 * import { AuthClient, indexedDBKeys } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 * import { dpop } from 'holdfast/providers/oidc/dpop'
 *
 * const redirectUri = 'https://app.example/callback'
 * const provider = oidc({ issuer: 'https://id.example', clientId: 'my-app', redirectUri, dpop })
 * const auth = new AuthClient({ provider, keys: indexedDBKeys() })
 * ```
 * @throws AuthError `invalid_argument` for a database without a name, and for what is no options.
 */
export function indexedDBKeys(options: IndexedDBKeysOptions = {}): KeyStore<SecretKey> {
  const { run } = openDatabase(databaseOf('indexedDBKeys', options, 'holdfast-keys'), 'keys')
  return {
    get: async (name) => toKey(await run((store) => get<unknown>(name, store))),
    async set(name, key) {
      const secret = toKey(key)
      if (!secret) {
        throw new AuthError(
          'invalid_argument',
          'Scripts can read this key: make it non-extractable.',
        )
      }
      await run((store) => set(name, secret, store))
    },
    remove: (name) => run((store) => del(name, store)),
    names: async () => {
      const names = await run((store) => keys<IDBValidKey>(store))
      return names.filter((name) => typeof name === 'string')
    },
  }
}
