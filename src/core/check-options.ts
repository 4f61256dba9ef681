import { AuthError } from './errors.js'
import type { EngineOptions } from './options.js'
import type { Storage } from './ports.js'
import type { SessionUser } from './session.js'

/** What a client can be told, by name. */
export type OptionName =
  | keyof EngineOptions<SessionUser>
  | 'provider'
  | 'fetchOrigins'
  | 'environment'

/** What `typeof` says of each option; `autoRefresh` may be 'visible' besides. */
const KINDS: Readonly<Record<string, string>> = {
  provider: 'object',
  storage: 'object',
  environment: 'object',
  takeOver: 'object',
  timeouts: 'object',
  fetchOrigins: 'object',
  storageKey: 'string',
  refreshMargin: 'number',
  waitMargin: 'number',
  requestTimeout: 'number',
  storageTimeout: 'number',
  keys: 'object',
  retryDelay: 'number',
  maxRetryDelay: 'number',
  debug: 'function',
  autoRefresh: 'boolean',
} satisfies Record<OptionName, string>

/** A mistake of the caller's. */
export const invalid = (message: string): AuthError => new AuthError('invalid_argument', message)

function isFit(value: unknown, kind: string): boolean {
  if (value === 'visible') return kind === 'boolean' || kind === 'string'
  // Neither `null`, '' nor NaN is of any use, nor is a time before now.
  return (
    typeof value === kind &&
    (kind === 'number' ? Number(value) >= 0 : value !== null && value !== '')
  )
}

/** @throws AuthError `invalid_argument` for a storage that lacks a method, with the lines to write. */
export function checkStorage(storage: Partial<Storage> | undefined): void {
  if (!storage || (storage.get && storage.set && storage.remove)) return
  throw invalid(
    'A storage needs get, set and remove: { get: (key) => yours.getItem(key), set: (key, text) => yours.setItem(key, text), remove: (key) => yours.removeItem(key) }.',
  )
}

/** What is looked at one by one. */
interface Checked {
  readonly provider?: { readonly refresh?: unknown } | undefined
  readonly storage?: Partial<Storage> | undefined
  readonly takeOver?: { readonly find?: unknown } | undefined
  readonly timeouts?: { readonly watch?: unknown } | undefined
}

/**
 * Checks what a client is told before anything is made of it: JavaScript has no types, and a name
 * that is misspelt would be a promise that nobody keeps.
 * @throws AuthError `invalid_argument` without a provider, for unknown options, wrong kinds, and
 * storages that lack a method.
 */
export function checkOptions(options: Checked | undefined): void {
  if (!options?.provider?.refresh) throw invalid('Pass a provider, such as gotrue({ url }).')
  for (const [name, value] of Object.entries(options)) {
    const kind = KINDS[name]
    if (!kind) throw invalid(`There is no option "${name}".`)
    if (value !== undefined && !isFit(value, kind)) {
      throw invalid(`The option "${name}" is not a valid ${kind}.`)
    }
  }
  checkStorage(options.storage)
  if (options.takeOver && !options.takeOver.find)
    throw invalid('Pass takeOver: takeOver({ key, parse }).')
  if (options.timeouts && !options.timeouts.watch)
    throw invalid('Pass timeouts: sessionTimeouts({ idleTimeout }).')
}

/** @throws AuthError `invalid_argument` when `listener` cannot be called. */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'function') throw invalid('Pass a function that listens.')
}
