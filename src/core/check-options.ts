import { AuthError } from './errors.js'
import type { EngineOptions } from './options.js'
import type { Environment, Storage } from './ports.js'
import type { SessionUser } from './session.js'

/** What a client can be told, by name. */
export type OptionName =
  | keyof EngineOptions<SessionUser>
  | 'provider'
  | 'fetchOrigins'
  | 'environment'

/** What `typeof` says of each option, but for lists; `autoRefresh` may be 'visible' besides. */
const KINDS: Readonly<Record<string, string>> = {
  provider: 'object',
  storage: 'object',
  environment: 'object',
  takeOver: 'object',
  timeouts: 'object',
  fetchOrigins: 'list',
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

/** The least of a delay, in ms: less is meant in seconds, or would ask a server in trouble without a pause. */
const LEAST_DELAY = 100

function isFit(value: unknown, kind: string, least: number): boolean {
  if (value === 'visible') return kind === 'boolean' || kind === 'string'
  // Neither `null`, '' nor NaN is of any use, nor is a time before now.
  return (
    (Array.isArray(value) ? 'list' : typeof value) === kind &&
    (kind === 'number' ? Number(value) >= least : value !== null && value !== '')
  )
}

/** @throws AuthError `invalid_argument` for a storage that lacks a method, with the lines to write, and for a `lag` that is no time. */
export function checkStorage(storage: Partial<Storage> | undefined): void {
  if (!storage) return
  const { get, set, remove, lag = 0 } = storage
  if (![get, set, remove].every(isFunction))
    throw invalid(
      'A storage needs get, set and remove: { get: (key) => yours.getItem(key), set: (key, text) => yours.setItem(key, text), remove: (key) => yours.removeItem(key) }.',
    )
  if (!isFit(lag, 'number', 0)) throw invalid('`lag` is a time in ms.')
}

/** What each part of an environment can do; one of no methods is a function itself. */
const PARTS: Readonly<Record<keyof Environment, string>> = {
  clock: 'now monotonic schedule',
  lock: 'acquire',
  channel: 'open',
  wake: 'subscribe visible online',
  page: 'href replace',
  crypto: 'randomBytes sha256',
  random: '',
  createAbort: '',
  report: '',
}

const isFunction = (value: unknown): boolean => typeof value === 'function'

/** @throws AuthError `invalid_argument` for a part that nobody knows, or that cannot do what it has to. */
function checkEnvironment(environment: object = {}): void {
  const known: Readonly<Record<string, string>> = PARTS
  for (const [name, part] of Object.entries(environment)) {
    const methods = known[name]
    if (typeof methods !== 'string') throw invalid(`There is no \`environment.${name}\`.`)
    const works = methods
      ? methods.split(' ').every((method) => isFunction(part?.[method]))
      : isFunction(part)
    if (part !== undefined && !works)
      throw invalid(`\`environment.${name}\` needs ${methods || 'to be a function'}.`)
  }
}

/** What is looked at one by one. */
interface Checked {
  readonly provider?: { readonly id?: unknown; readonly refresh?: unknown } | undefined
  readonly environment?: object | undefined
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
  const { id, refresh } = options?.provider ?? {}
  // Providers without an `id` would share their sessions.
  if (!options || !isFunction(refresh) || !isFit(id, 'string', 0))
    throw invalid('Pass a provider with an `id`, such as gotrue({ url }).')
  for (const [name, value] of Object.entries(options)) {
    const kind = KINDS[name]
    if (!kind) throw invalid(`There is no option "${name}".`)
    const least = name.endsWith('etryDelay') ? LEAST_DELAY : 0
    if (value !== undefined && !isFit(value, kind, least)) {
      throw invalid(
        `The option "${name}" is not a valid ${kind}${least ? ` of ${least} ms or more` : ''}.`,
      )
    }
  }
  checkEnvironment(options.environment)
  checkStorage(options.storage)
  if (options.takeOver && !isFunction(options.takeOver.find))
    throw invalid('Pass takeOver: takeOver({ key, parse }).')
  if (options.timeouts && !isFunction(options.timeouts.watch))
    throw invalid('Pass timeouts: sessionTimeouts({ idleTimeout }).')
}

/** @throws AuthError `invalid_argument` when `listener` cannot be called. */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'function') throw invalid('Pass a function that listens.')
}
