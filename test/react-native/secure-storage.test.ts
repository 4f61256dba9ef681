import { describe, expect, it } from 'vitest'
import { secureStorage } from '../../src/react-native/index.js'
import { cut, LIMIT, safeKey } from '../../src/react-native/pieces.js'
import { fc } from '../support/fast-check.js'
import { createSecureStore, LOCKED, UNREADABLE } from '../support/native-modules.js'

const KEY = 'holdfast.app:1'
const SHORT = '{"v":1}'
/** Five kilobytes, with letters of one to four bytes. */
const long = (mark: string): string => JSON.stringify({ mark, text: 'aé漢👾'.repeat(500) })
const TEXTS = [SHORT, long('one'), long('two') + long('two'), '']

/** Lets a call go as far as it goes before the app is killed. */
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('secureStorage', () => {
  it('keeps a session of five kilobytes, in pieces of at most 2,048 bytes', async () => {
    const phone = createSecureStore()
    const text = long('one')
    expect(Buffer.byteLength(text)).toBeGreaterThan(5_000)
    await secureStorage(phone.SecureStore).set(KEY, text)
    expect(phone.entries.size).toBeGreaterThan(2)
    expect(await secureStorage(phone.SecureStore).get(KEY)).toBe(text)
  })

  it('leaves nothing of the text before, and nothing at all of one that was removed', async () => {
    const phone = createSecureStore()
    const storage = secureStorage(phone.SecureStore)
    for (const text of [long('one'), SHORT, long('two'), long('three'), `${long('four')}more`]) {
      await storage.set(KEY, text)
      const all = [...phone.entries.values()].join('')
      expect(all.length).toBeLessThan(text.length + 40)
    }
    await storage.remove(KEY)
    expect(phone.entries.size).toBe(0)
  })

  it.each(TEXTS.flatMap((before) => TEXTS.map((after) => [before, after] as const)))(
    'a crash at any moment of a write leaves the old text or the new one, and no third',
    async (before, after) => {
      let crashed = true
      for (let calls = 0; crashed; calls++) {
        const phone = createSecureStore()
        await secureStorage(phone.SecureStore).set(KEY, before)
        phone.killAfter(calls)
        const writing = secureStorage(phone.SecureStore).set(KEY, after)
        crashed = await Promise.race([
          Promise.resolve(writing).then(() => false),
          soon().then(() => true),
        ])
        phone.killAfter(Infinity)
        const storage = secureStorage(phone.SecureStore)
        expect([before, after]).toContain(await storage.get(KEY))
        // Whatever it left behind, the next write works, and a removal leaves nothing.
        await storage.set(KEY, long('next'))
        expect(await storage.get(KEY)).toBe(long('next'))
        await storage.remove(KEY)
        expect([...phone.entries.keys()]).toEqual([])
      }
    },
  )

  it('a crash in the middle of a long write leaves nothing behind after shorter ones and a removal', async () => {
    for (const [calls, before] of [0, 2, 4, 6, 8].flatMap((n) =>
      TEXTS.map((text) => [n, text] as const),
    )) {
      const phone = createSecureStore()
      await secureStorage(phone.SecureStore).set(KEY, before)
      phone.killAfter(calls)
      void secureStorage(phone.SecureStore).set(KEY, long('one') + long('two') + long('three'))
      await soon()
      phone.killAfter(Infinity)
      const storage = secureStorage(phone.SecureStore)
      for (const mark of ['a', 'b', 'c']) await storage.set(KEY, long(mark))
      await storage.set(KEY, SHORT)
      await storage.remove(KEY)
      expect([...phone.entries.keys()]).toEqual([])
    }
  })

  it('a crash at any moment of a removal leaves no half, and the rest can still be removed', async () => {
    let crashed = true
    for (let calls = 0; crashed; calls++) {
      const phone = createSecureStore()
      await secureStorage(phone.SecureStore).set(KEY, long('one'))
      phone.killAfter(calls)
      crashed = await Promise.race([
        Promise.resolve(secureStorage(phone.SecureStore).remove(KEY)).then(() => false),
        soon().then(() => true),
      ])
      phone.killAfter(Infinity)
      const storage = secureStorage(phone.SecureStore)
      expect([long('one'), 'damaged', null]).toContain(await storage.get(KEY))
      await storage.remove(KEY)
      expect([...phone.entries.keys()]).toEqual([])
    }
  })

  it('what somebody else left under a key is damage, and so are pieces that are missing', async () => {
    const phone = createSecureStore()
    const storage = secureStorage(phone.SecureStore)
    for (const other of ['{"v":1}', '+', '+c.1.1', '+a.1.', 'text']) {
      phone.entries.set(safeKey(KEY), other)
      expect(await storage.get(KEY)).toBe('damaged')
    }
    await storage.set(KEY, long('one'))
    const [piece = ''] = [...phone.entries.keys()].filter((key) => key.startsWith('_.'))
    phone.entries.delete(piece)
    expect(await storage.get(KEY)).toBe('damaged')
  })

  it('a write that hangs and was given up mixes nothing into the next one, nor comes after it', async () => {
    for (let calls = 0; calls < 5; calls++) {
      const phone = createSecureStore()
      const storage = secureStorage(phone.SecureStore)
      const letGo = phone.hangAfter(calls)
      const writes = [storage.set(KEY, long('one')), storage.set(KEY, long('two'))]
      await soon()
      letGo()
      await Promise.all(writes)
      expect(await storage.get(KEY)).toBe(long('two'))
    }
  })

  it('a phone that is locked is an error of storage, and afterwards all is as it was', async () => {
    const phone = createSecureStore()
    const storage = secureStorage(phone.SecureStore)
    await storage.set(KEY, long('one'))
    phone.lock(true)
    for (const call of [storage.get(KEY), storage.set(KEY, SHORT), storage.remove(KEY)]) {
      await expect(call).rejects.toMatchObject({ code: 'storage', cause: { message: LOCKED } })
    }
    phone.lock(false)
    expect(await storage.get(KEY)).toBe(long('one'))
  })

  it.each([SHORT, long('one')])(
    'a session whose key the keystore has lost is damage, and the next one takes its place',
    async (text) => {
      const phone = createSecureStore()
      const storage = secureStorage(phone.SecureStore)
      await storage.set(KEY, text)
      phone.loseKey()
      expect(await storage.get(KEY)).toBe('damaged')
      await storage.set(KEY, long('two'))
      expect(await storage.get(KEY)).toBe(long('two'))
      phone.loseKey()
      await storage.remove(KEY)
      expect(await storage.get(KEY)).toBeNull()
      expect([...phone.entries.keys()].filter((key) => key.includes('probe'))).toEqual([])
    },
  )

  it('a keystore that was in trouble for a moment has lost nothing', async () => {
    const { SecureStore } = createSecureStore()
    await secureStorage(SecureStore).set(KEY, SHORT)
    let failures = 1
    const troubled: typeof SecureStore = {
      ...SecureStore,
      async getItemAsync(...args) {
        if (failures-- > 0) throw new Error(UNREADABLE)
        return SecureStore.getItemAsync(...args)
      },
    }
    expect(await secureStorage(troubled).get(KEY)).toBe(SHORT)
  })

  it('an entry that is locked alone, as on iOS where it was written by other options, is not lost', async () => {
    const { SecureStore } = createSecureStore()
    await secureStorage(SecureStore).set(KEY, long('one'))
    const locked: typeof SecureStore = {
      ...SecureStore,
      async getItemAsync(key, ...args) {
        if (key === safeKey(KEY)) throw new Error(LOCKED)
        return SecureStore.getItemAsync(key, ...args)
      },
    }
    const storage = secureStorage(locked)
    await expect(storage.get(KEY)).rejects.toMatchObject({ code: 'storage' })
    await expect(storage.set(KEY, long('two'))).rejects.toMatchObject({ code: 'storage' })
    expect(await secureStorage(SecureStore).get(KEY)).toBe(long('one'))
  })

  it('passes the options of the app on, with every call', async () => {
    const phone = createSecureStore()
    const options = { keychainAccessible: 1 }
    const storage = secureStorage(phone.SecureStore, options)
    await storage.set(KEY, long('one'))
    await storage.get(KEY)
    await storage.remove(KEY)
    expect(new Set(phone.asked)).toEqual(new Set([options]))
  })

  it('cuts no character in two, and makes one key of two never', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const pieces = cut(text, 16)
        expect(pieces.join('')).toBe(text)
        for (const piece of pieces) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(16)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(safeKey(one) === safeKey(other)).toBe(one === other)
        expect(safeKey(one)).toMatch(/^(?!_\.)[\w.-]+$/)
      }),
    )
    expect(LIMIT).toBe(2_048)
  })
})
