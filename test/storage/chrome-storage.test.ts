import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { chromeStorage, type Storage } from '../../src/index.js'
import {
  inheritedNamesContract,
  storageIsolationContract,
  wellFormedContract,
} from '../contracts/storage-contract.js'
import { createFakeExtension, QUOTA } from '../support/fake-extension.js'

let extension: ReturnType<typeof createFakeExtension>

beforeEach(() => {
  extension = createFakeExtension()
  vi.stubGlobal('chrome', extension.chrome)
})
afterEach(() => vi.unstubAllGlobals())

/** A storage with a memory of what it was told of. */
function listening(): { storage: Storage; told: (string | null)[]; stop: () => void } {
  const storage = chromeStorage()
  const told: (string | null)[] = []
  return { storage, told, stop: storage.subscribe((key) => told.push(key)) }
}
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('chromeStorage', () => {
  describe.each(['local', 'session'] as const)('in the %s area', (area) => {
    it.each([...wellFormedContract, ...inheritedNamesContract])('$name', async ({ run }) => {
      await run({ first: chromeStorage({ area }), second: chromeStorage({ area }) })
    })
  })

  it.each(storageIsolationContract)('$name', async ({ run }) => {
    await run({ first: chromeStorage(), second: chromeStorage({ area: 'session' }) })
  })

  it('takes `browser` where that is there, for only it has promises in older extensions of Firefox', async () => {
    const other = createFakeExtension()
    vi.stubGlobal('browser', other.chrome)
    await chromeStorage().set('key', 'text')
    expect(await other.chrome.storage.local.get('key')).toEqual({ key: 'text' })
  })

  it('is not led astray by an element whose id is `browser`', async () => {
    vi.stubGlobal('browser', { id: 'browser' })
    await chromeStorage().set('key', 'text')
    expect(await extension.chrome.storage.local.get('key')).toEqual({ key: 'text' })
  })

  it('works without news where the browser has none of one area', async () => {
    const { onChanged: _, ...local } = extension.chrome.storage.local
    vi.stubGlobal('chrome', { storage: { local } })
    const { storage, told, stop } = listening()
    await storage.set('a', 'x')
    stop()
    expect([await storage.get('a'), told]).toEqual(['x', []])
  })

  it('tells of what another context wrote or removed, and not of its own', async () => {
    const { storage, told } = listening()
    await storage.set('a', 'one')
    await storage.remove('a')
    await storage.set('a', 'two')
    await soon()
    expect(told).toEqual([])
    await chromeStorage().set('a', 'three')
    await chromeStorage().remove('a')
    await soon()
    expect(told).toEqual(['a', 'a'])
  })

  it('tells of another context that writes the same again, after a third one wrote something else', async () => {
    const { storage, told } = listening()
    await storage.set('a', 'mine')
    // Nothing changes, so nobody tells: the next news of this key is not of this write.
    await storage.set('a', 'mine')
    await soon()
    await chromeStorage().set('a', 'theirs')
    await chromeStorage().set('a', 'mine')
    await soon()
    expect(told).toEqual(['a', 'a'])
  })

  it('takes no write that failed for its own', async () => {
    const { storage, told } = listening()
    extension.fail(QUOTA)
    await expect(storage.set('a', 'x')).rejects.toThrow()
    extension.fail(null)
    await chromeStorage().set('a', 'x')
    await soon()
    expect(told).toEqual(['a'])
  })

  it('listens once for many, and no longer than anybody listens to it', async () => {
    const storage = chromeStorage()
    expect(extension.listeners()).toBe(0)
    const told: string[] = []
    const stops = ['first', 'second'].map((name) => storage.subscribe(() => told.push(name)))
    expect(extension.listeners()).toBe(1)
    await storage.set('mine', 'x')
    await chromeStorage().set('theirs', 'x')
    await soon()
    expect(told).toEqual(['first', 'second'])
    for (const stop of stops) stop()
    expect(extension.listeners()).toBe(0)
    storage.subscribe(() => {})
    expect(extension.listeners()).toBe(1)
  })

  it('says that the area is full, or that the extension is another by now, with what the browser said', async () => {
    const storage = chromeStorage()
    for (const message of [QUOTA, 'Extension context invalidated.']) {
      extension.fail(message)
      const failures = [storage.get('a'), storage.set('a', 'x'), storage.remove('a')]
      for (const failure of failures) {
        await expect(failure).rejects.toMatchObject({ code: 'storage', cause: { message } })
      }
    }
  })

  it.each([
    ['the permission is missing', { storage: undefined }],
    ['this is no extension', undefined],
  ])('says what to add where %s', async (_, chrome) => {
    vi.stubGlobal('chrome', chrome)
    const storage = chromeStorage()
    expect(() => storage.subscribe(() => {})()).not.toThrow()
    await expect(storage.get('a')).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining('permission "storage"'),
    })
  })

  it.each([
    ...['sync', 'managed', '', null, 7].map((area) => ({ area })),
    // A bare value would stand for the `local` area.
    ...['session', null, 7, true, []],
  ])('refuses %j, and says what it takes', (options) => {
    expect(() => Reflect.apply(chromeStorage, undefined, [options])).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: "Pass { area: 'local' } or { area: 'session' }.",
      }),
    )
  })

  it('keeps sessions in the `local` area where none is chosen', async () => {
    for (const options of [undefined, {}, { area: undefined }]) {
      await chromeStorage(options).set('a', 'text')
      expect(await chromeStorage({ area: 'local' }).get('a')).toBe('text')
      await chromeStorage().remove('a')
    }
  })

  it('does not take damage for nothing', async () => {
    extension.damage('a', { some: 'thing' })
    expect(await chromeStorage().get('a')).toBe('not a text')
  })
})
