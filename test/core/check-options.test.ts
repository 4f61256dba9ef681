import { describe, expect, it } from 'vitest'
import { checkListener, checkOptions, type OptionName } from '../../src/core/check-options.js'
import { isObject } from '../../src/core/record.js'
import {
  type AuthClientOptions,
  isAuthError,
  memoryStorage,
  type SessionUser,
  takeOver,
} from '../../src/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'

type Every = keyof AuthClientOptions<never, SessionUser, object>
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** Does not compile when an option of the client is not checked. */
const checksEvery: Same<OptionName, Every> = true

const provider = { id: 'server', refresh: async () => null }

/** The message with which options are refused; they need no types to be passed. */
function refusal(options: unknown): string {
  try {
    Reflect.apply(checkOptions, undefined, [options])
  } catch (error) {
    if (isAuthError(error, 'invalid_argument')) return error.message
    throw error
  }
  return 'accepted'
}

describe('the options of a client', () => {
  it('are all checked', () => {
    expect(checksEvery).toBe(true)
  })

  it('are accepted where they are of the right kind, and where they are undefined', () => {
    const fit = {
      provider,
      storage: memoryStorage(),
      environment: {},
      takeOver: takeOver({ key: 'old', parse: () => null }),
      fetchOrigins: ['https://api.example'],
      storageKey: 'app',
      refreshMargin: 0,
      waitMargin: 1,
      requestTimeout: 1.5,
      storageTimeout: Infinity,
      retryDelay: 100,
      maxRetryDelay: 100,
      debug: () => {},
      autoRefresh: false,
    }
    expect(refusal(fit)).toBe('accepted')
    expect(refusal({ ...fit, autoRefresh: true })).toBe('accepted')
    expect(refusal({ ...fit, autoRefresh: 'visible' })).toBe('accepted')
    expect(refusal({ ...fit, storageKey: 'visible' })).toBe('accepted')
    const none = Object.keys(fit).map((name) => [name, undefined])
    expect(refusal({ ...Object.fromEntries(none), provider })).toBe('accepted')
  })

  const refresh = async () => null
  it.each([
    ...[undefined, null, 0, 'text', {}, { provider: null }, { provider: {} }, []],
    // Two providers without a name would share their sessions.
    ...[undefined, null, '', 7].map((id) => ({ provider: { id, refresh } })),
    { provider: { refresh }, storageKey: 'app' },
  ])('name a provider, which %j does not', (options) => {
    expect(refusal(options)).toBe('Pass a provider with an `id`, such as gotrue({ url }).')
  })

  it.each(['refreshMargins', 'apiKey', '__proto', 'toString', 'hasOwnProperty'])(
    'are none that nobody knows, such as %s',
    (name) => {
      expect(refusal({ provider, [name]: 1 })).toContain(`"${name}"`)
    },
  )

  it.each([
    ['storage', [null, 'local', 7, true]],
    ['environment', [null, 'node', () => {}, []]],
    ['takeOver', [null, 'sb-token', []]],
    ['fetchOrigins', [null, 'https://api.example', {}, new Set()]],
    ['storageKey', [null, '', 7, {}]],
    ['requestTimeout', [null, '5000', NaN, -1, {}, true]],
    ['retryDelay', [0, 1, 99, NaN]],
    ['maxRetryDelay', [0, 30, '1000']],
    ['keys', ['', 7, null, []]],
    ['debug', [null, true, 'visible', {}]],
    ['autoRefresh', [null, 'hidden', '', 0, 1]],
  ] as const)('are refused by name where %s is one of %j', (name, values) => {
    const refused = values.map((value) => refusal({ provider, [name]: value }))
    for (const message of refused) expect(message).toMatch(`The option "${name}" is not a valid `)
  })

  const PARTS = Object.entries(createFakeBrowser().tab().environment)

  it.each(PARTS)(
    'are refused where environment.%s is of another kind, or lacks a method',
    (name, part) => {
      const lacking = isObject(part)
        ? Object.keys(part).map((method) => ({ ...part, [method]: 1 }))
        : []
      const wrong = [null, 0, 'text', {}, [], true, ...lacking]
      for (const value of wrong) {
        expect(refusal({ provider, environment: { [name]: value } })).toContain(
          `environment.${name}`,
        )
      }
      for (const fit of [part, undefined]) {
        expect(refusal({ provider, environment: { [name]: fit } })).toBe('accepted')
      }
    },
  )

  it('are refused where a part of the environment is none that anybody knows', () => {
    for (const name of ['clok', 'toString', '0']) {
      for (const part of [() => {}, undefined]) {
        expect(refusal({ provider, environment: { [name]: part } })).toContain(name)
      }
    }
  })

  it('are refused where a method is none', () => {
    for (const wrong of [1, 'text', {}, true]) {
      for (const method of ['get', 'set', 'remove']) {
        const storage = { ...memoryStorage(), [method]: wrong }
        expect(refusal({ provider, storage })).not.toBe('accepted')
      }
      expect(refusal({ provider: { ...provider, refresh: wrong } })).not.toBe('accepted')
      expect(refusal({ provider, timeouts: { watch: wrong } })).not.toBe('accepted')
      expect(refusal({ provider, takeOver: { find: wrong } })).not.toBe('accepted')
    }
  })

  it.each([NaN, -1, '100', null])(
    'are refused by its name where the lag of a storage is %s',
    (lag) => {
      const storage = { ...memoryStorage(), lag }
      expect(refusal({ provider, storage })).toBe('`lag` is a time in ms.')
    },
  )

  it('are told how another library’s session is taken over', () => {
    const old = { key: 'old', parse: () => null }
    expect(refusal({ provider, takeOver: old })).toBe('Pass takeOver: takeOver({ key, parse }).')
  })

  const asyncStorage = {
    getItem: async () => null,
    setItem: async () => {},
    removeItem: async () => {},
  }
  const { get, set, remove } = memoryStorage()

  it.each([
    ['AsyncStorage', asyncStorage],
    ['nothing', {}],
    ['a Map', new Map()],
    ['one without get', { set, remove }],
    ['one without set', { get, remove }],
    ['one without remove', { get, set }],
  ])('name a storage of three methods, which is not %s', (_, storage) => {
    expect(refusal({ provider, storage })).toContain('get: (key) => yours.getItem(key)')
  })

  it('say with the refusal how a storage is wrapped, and the wrapper works', () => {
    const message = refusal({ provider, storage: asyncStorage })
    const text = message.slice(message.indexOf('{'), message.lastIndexOf('}') + 1)
    const entries = new Map<string, string>()
    const yours = {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => void entries.set(key, value),
      removeItem: (key: string) => void entries.delete(key),
    }
    const storage = new Function('yours', `return ${text}`)(yours)
    expect(refusal({ provider, storage })).toBe('accepted')
    storage.set('key', 'text')
    expect(storage.get('key')).toBe('text')
    storage.remove('key')
    expect(storage.get('key')).toBeNull()
  })
})

describe('a listener', () => {
  it('is a function', () => {
    expect(() => checkListener(() => {})).not.toThrow()
    for (const value of [undefined, null, 'SIGNED_IN', {}]) {
      expect(() => checkListener(value)).toThrow('Pass a function that listens.')
    }
  })
})
