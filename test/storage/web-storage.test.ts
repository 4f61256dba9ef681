// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isAuthError } from '../../src/core/errors.js'
import { webStorage, webStorageWorks } from '../../src/storage/web-storage.js'
import { storageContract, storageIsolationContract } from '../contracts/storage-contract.js'

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('did not throw')
}

/** An area that is full, or looks blocked, in the hand-made ways of browsers. */
function plantArea(area: Partial<Storage> | (() => never)): void {
  const get = typeof area === 'function' ? area : () => area
  vi.stubGlobal('localStorage', undefined)
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, get })
}

const full = (length: number): Partial<Storage> => ({
  length,
  getItem: () => 'kept',
  setItem: () => {
    throw new DOMException('full', 'QuotaExceededError')
  },
  removeItem: () => {},
})

const blocked = (): never => {
  throw new DOMException('blocked', 'SecurityError')
}

const original = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')

afterEach(() => {
  vi.unstubAllGlobals()
  if (original) Object.defineProperty(globalThis, 'localStorage', original)
  localStorage.clear()
  sessionStorage.clear()
})

describe('webStorage', () => {
  describe.each(['local', 'session'] as const)('in the %s area', (area) => {
    it.each(storageContract)('$name', async ({ run }) => {
      await run({ first: webStorage({ area }), second: webStorage({ area }) })
    })
  })

  it.each(storageIsolationContract)('$name', async ({ run }) => {
    await run({ first: webStorage(), second: webStorage({ area: 'session' }) })
  })

  it.each([undefined, {}, { area: undefined }])(
    'uses localStorage where %j is passed',
    (options) => {
      webStorage(options).set('key', 'text')
      expect(localStorage.getItem('key')).toBe('text')
      expect(sessionStorage.getItem('key')).toBeNull()
    },
  )

  it.each([
    ...['Session', 'sync', '', null, 7].map((area) => ({ area })),
    // A bare value would stand for localStorage.
    ...['session', null, 7, true, []],
  ])('refuses %j, and says what it takes', (options) => {
    expect(thrownBy(() => Reflect.apply(webStorage, undefined, [options]))).toMatchObject({
      code: 'invalid_argument',
      message: "Pass { area: 'local' } or { area: 'session' }.",
    })
  })

  it('can be made where storage is blocked, and says so at each call', () => {
    plantArea(blocked)
    const storage = webStorage()
    for (const call of [
      () => storage.get('key'),
      () => storage.set('key', 'text'),
      () => storage.remove('key'),
    ]) {
      const error = thrownBy(call)
      expect(isAuthError(error, 'storage')).toBe(true)
      expect(error).toMatchObject({ cause: { name: 'SecurityError' }, retryable: true })
    }
  })

  it('throws another error where storage was blocked and is full', () => {
    plantArea(blocked)
    const storage = webStorage()
    expect(thrownBy(() => storage.get('key'))).toMatchObject({ cause: { name: 'SecurityError' } })
    plantArea(full(1))
    expect(thrownBy(() => storage.set('key', 'text'))).toMatchObject({
      cause: { name: 'QuotaExceededError' },
    })
  })

  it('works again as soon as storage is allowed again', () => {
    plantArea(blocked)
    const storage = webStorage()
    expect(() => storage.get('key')).toThrow()
    if (original) Object.defineProperty(globalThis, 'localStorage', original)
    expect(storage.get('key')).toBeNull()
  })

  it('throws a storage error with the cause when the area is full, without the text in it', () => {
    plantArea(full(1))
    const error = thrownBy(() => webStorage().set('key', 'secret-token'))
    expect(error).toMatchObject({ code: 'storage', cause: { name: 'QuotaExceededError' } })
    expect(String(error)).not.toContain('secret-token')
  })

  it('throws a storage error where there is no such area', () => {
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: undefined })
    expect(thrownBy(() => webStorage().get('key'))).toMatchObject({ code: 'storage' })
  })

  it('tells of changes by other tabs in its own area only, and of a clearing as null', () => {
    const heard: (string | null)[] = []
    const stop = webStorage().subscribe((key) => heard.push(key))
    const tell = (key: string | null, storageArea: Storage) =>
      globalThis.dispatchEvent(new StorageEvent('storage', { key, storageArea }))
    tell('mine', localStorage)
    tell('other area', sessionStorage)
    tell(null, localStorage)
    expect(heard).toEqual(['mine', null])
    stop()
    tell('late', localStorage)
    expect(heard).toEqual(['mine', null])
  })

  it('subscribes to nothing where there are no events', () => {
    vi.stubGlobal('addEventListener', undefined)
    vi.stubGlobal('removeEventListener', undefined)
    const stop = webStorage().subscribe(() => {})
    expect(stop).not.toThrow()
  })
})

describe('webStorageWorks', () => {
  it('says yes where a probe can be written, and leaves none behind', () => {
    expect(webStorageWorks('local')).toBe(true)
    expect(localStorage.length).toBe(0)
  })

  it('writes nothing where something is kept already', () => {
    localStorage.setItem('of the app', 'text')
    const write = vi.spyOn(Storage.prototype, 'setItem')
    expect(webStorageWorks('local')).toBe(true)
    expect(write).not.toHaveBeenCalled()
    write.mockRestore()
  })

  it('says no where storage is blocked or missing', () => {
    plantArea(blocked)
    expect(webStorageWorks('local')).toBe(false)
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: undefined })
    expect(webStorageWorks('local')).toBe(false)
  })

  it('says no where storage takes nothing at all, as in old private windows', () => {
    plantArea(full(0))
    expect(webStorageWorks('local')).toBe(false)
  })

  it('says yes where storage is full but holds something: the session may be in it', () => {
    plantArea(full(3))
    expect(webStorageWorks('local')).toBe(true)
  })
})
