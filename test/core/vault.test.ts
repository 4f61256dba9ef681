import { describe, expect, it } from 'vitest'
import { AuthError } from '../../src/core/errors.js'
import type { Storage } from '../../src/core/ports.js'
import { toRecord } from '../../src/core/record.js'
import { createVault } from '../../src/core/vault.js'
import { createFakeBrowser } from '../../src/testing/index.js'

const record = (lineage: string) =>
  toRecord({ accessToken: `a-${lineage}`, refreshToken: 'r', lifetime: 60_000 }, lineage, 0)

/** A vault on a storage in which all can be seen and broken. */
function start(own: (entries: Map<string, string>) => Partial<Storage> = () => ({})) {
  const browser = createFakeBrowser()
  const { environment, errors } = browser.tab()
  const entries = new Map<string, string>()
  const storage: Storage = {
    get: (key) => entries.get(key),
    set: (key, text) => void entries.set(key, text),
    remove: (key) => void entries.delete(key),
    ...own(entries),
  }
  const vault = createVault({ environment, storage, storageKey: 'app', timeout: 2_000 })
  const keys = () => [...entries.keys()].sort()
  return { clock: browser.clock, entries, errors, keys, vault }
}

/** A storage that fails as long as it is told to. */
function breakable() {
  let broken: readonly string[] = []
  const check = (what: string): void => {
    if (broken.includes(what)) throw new Error(`No ${what}.`)
  }
  const world = start((entries) => ({
    get(key) {
      check('get')
      return entries.get(key)
    },
    set(key, text) {
      check('set')
      entries.set(key, text)
    },
  }))
  const breakIt = (...what: readonly string[]): void => {
    broken = what
  }
  return { ...world, breakIt }
}

describe('a vault', () => {
  it('reads what it saved, and only one sign-in has a slot', async () => {
    const { vault, keys } = start()
    await vault.save(record('A'), [], 0)
    await vault.save(record('B'), ['A'], 0)
    expect(await vault.read()).toMatchObject({ kind: 'session', record: { lineage: 'B' } })
    expect(keys()).toEqual(['app', 'app.B'])
  })

  it('removes at an end what lay beside the session, but redirects only when somebody signs out', async () => {
    const { vault, keys, entries } = start()
    for (const any of [false, true]) {
      await vault.save(record('A'), [], 0)
      for (const name of ['patience', 'timeouts', 'unreadable', 'flows'])
        entries.set(`app.${name}`, 'text')
      await vault.end({ lineage: 'A', any })
      expect(keys()).toEqual(any ? ['app'] : ['app', 'app.flows'])
    }
  })

  it('leaves what is kept beside a later sign-in than the one that ends', async () => {
    const { vault, keys, entries } = start()
    await vault.save(record('A'), [], 0)
    await vault.save(record('B'), ['A'], 0)
    for (const name of ['patience', 'timeouts']) entries.set(`app.${name}`, 'text')
    await vault.end({ lineage: 'A', any: false })
    expect(keys()).toEqual(['app', 'app.B', 'app.patience', 'app.timeouts'])
  })

  it('tells those who start later why the session ended', async () => {
    const { vault } = start()
    await vault.save(record('A'), [], 0)
    const error = new AuthError('refresh_rejected', 'Banned.', { serverCode: 'user_banned' })
    await vault.end({ lineage: 'A', any: false, error })
    expect(await vault.read()).toMatchObject({
      kind: 'signed-out',
      ended: ['A'],
      error: { code: 'refresh_rejected', serverCode: 'user_banned' },
    })
  })

  it('sees the sign-out that a sibling writes between its two reads', async () => {
    let between: () => Promise<unknown> = async () => {}
    const { vault, entries } = start((shared) => ({
      async get(key) {
        if (key === 'app.A') await between()
        return shared.get(key)
      },
    }))
    const sibling = start(() => ({
      get: (key) => entries.get(key),
      set: (key, text) => void entries.set(key, text),
      remove: (key) => void entries.delete(key),
    }))
    await vault.save(record('A'), [], 0)
    between = () => sibling.vault.end({ lineage: 'A', any: true })
    expect(await vault.read()).toMatchObject({ kind: 'signed-out', ended: ['A'] })
  })

  it('takes a pointer that it cannot read for damage, not for a sign-out', async () => {
    const { vault, entries } = start()
    entries.set('app', '{"v":2}')
    expect(await vault.read()).toEqual({ kind: 'unreadable' })
  })

  it('forgets the tokens of a session that ended also where nothing can be written', async () => {
    const { vault, keys, breakIt } = breakable()
    await vault.save(record('A'), [], 0)
    breakIt('set')
    expect(await vault.end({ lineage: 'A', any: true })).toBe(true)
    expect(keys()).toEqual([])
  })
})

describe('a storage that fails', () => {
  it('is reported once while it can be read but not written, and again after it has worked', async () => {
    const { vault, errors, breakIt } = breakable()
    breakIt('set')
    for (let n = 0; n < 3; n++) {
      expect(await vault.save(record('A'), [], 0)).toBe(false)
      await vault.read()
    }
    expect(errors).toHaveLength(1)
    breakIt()
    expect(await vault.save(record('A'), [], 0)).toBe(true)
    breakIt('set')
    await vault.save(record('A'), [], 0)
    expect(errors).toHaveLength(2)
    expect(errors).toEqual(errors.map(() => expect.objectContaining({ code: 'storage' })))
  })

  it('is told to whoever reads', async () => {
    const { vault, breakIt } = breakable()
    breakIt('get')
    await expect(vault.read()).rejects.toMatchObject({ code: 'storage' })
    await expect(vault.readText('flows')).rejects.toMatchObject({ code: 'storage' })
  })

  it('does not hold up what comes after', async () => {
    const { vault, breakIt } = breakable()
    breakIt('get')
    const failed = vault.read().catch(() => 'failed')
    expect(await failed).toBe('failed')
    breakIt()
    expect(await vault.read()).toEqual({ kind: 'absent' })
  })

  it('is given up in time where it does not answer', async () => {
    const { vault, clock } = start(() => ({ get: () => new Promise(() => {}) }))
    const read = vault.read().catch((error: unknown) => error)
    await clock.advance(2_000)
    expect(await read).toMatchObject({ code: 'timeout' })
  })
})

describe('a write that is given up and arrives later', () => {
  /** A storage whose changes of the pointer hang until they are let through, one by one. */
  function hanging() {
    const waiting: (() => void)[] = []
    let hangs = true
    const world = start((entries) => ({
      async update(key: string, edit: (text: string | null) => string | null) {
        if (hangs) await new Promise<void>((go) => void waiting.push(go))
        const text = edit(entries.get(key) ?? null)
        if (text === null) entries.delete(key)
        else entries.set(key, text)
        return text
      },
    }))
    return {
      ...world,
      /** From now on storage answers. */
      heal() {
        hangs = false
      },
      /** What hung until now arrives. */
      async arrive() {
        for (const go of waiting.splice(0)) go()
        await world.clock.settle()
      },
    }
  }

  it('leaves the sign-in that came after it, and nothing of its own', async () => {
    const { vault, clock, keys, heal, arrive } = hanging()
    const given = vault.save(record('A'), [], 0)
    await clock.advance(4_000)
    expect(await given).toBe(false)
    heal()
    expect(await vault.save(record('B'), [], 0)).toBe(true)
    await arrive()
    expect(await vault.read()).toMatchObject({ kind: 'session', record: { lineage: 'B' } })
    expect(keys()).toEqual(['app', 'app.B'])
  })

  it('takes the place of an earlier one, which it was meant to', async () => {
    const { vault, clock, keys, heal, arrive } = hanging()
    const given = vault.save(record('B'), [], 0)
    await clock.advance(4_000)
    heal()
    await vault.save(record('A'), [], 0)
    await arrive()
    expect(await given).toBe(false)
    expect(await vault.read()).toMatchObject({ kind: 'session', record: { lineage: 'B' } })
    expect(keys()).toEqual(['app', 'app.B'])
  })

  it('is no sign-out of whoever has signed in since', async () => {
    const { vault, clock, entries, heal, arrive } = hanging()
    const given = vault.end({ lineage: 'A', any: true })
    await clock.advance(4_000)
    expect(await given).toBe(false)
    heal()
    await vault.save(record('B'), [], 0)
    entries.set('app.flows', 'text')
    await arrive()
    expect(await vault.read()).toMatchObject({ kind: 'session', record: { lineage: 'B' } })
    expect(entries.get('app.flows')).toBe('text')
  })
})
