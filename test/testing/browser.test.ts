import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/core/errors.js'
import { createFakeBrowser, type Step } from '../../src/testing/browser.js'
import { channelContract } from '../contracts/channel-contract.js'
import { lockContract } from '../contracts/lock-contract.js'
import { inheritedNamesContract, storageContract } from '../contracts/storage-contract.js'
import { updateContract } from '../contracts/update-contract.js'

const signal = () => new AbortController().signal

/** Follows a promise without waiting for it. */
function follow<T>(promise: PromiseLike<T> | T) {
  const fate: { state: 'open' | 'fulfilled' | 'rejected'; value?: unknown } = { state: 'open' }
  Promise.resolve(promise).then(
    (value) => Object.assign(fate, { state: 'fulfilled', value }),
    (value: unknown) => Object.assign(fate, { state: 'rejected', value }),
  )
  return fate
}

describe('the ports of a fake tab', () => {
  const allStorages = [...storageContract, ...inheritedNamesContract]
  it.each(allStorages)('storage, asynchronous: $name', async ({ run }) => {
    const browser = createFakeBrowser()
    await run({ first: browser.tab().storage, second: browser.tab().storage })
  })

  it.each(allStorages)('storage, synchronous: $name', async ({ run }) => {
    const browser = createFakeBrowser()
    const tab = () => browser.tab({ storage: 'sync' })
    await run({ first: tab().storage, second: tab().storage })
  })

  it.each(updateContract)('storage, asynchronous: update $name', async ({ run }) => {
    const browser = createFakeBrowser()
    await run({ first: browser.tab().storage, second: browser.tab().storage })
  })

  it('update in asynchronous storage only: localStorage has nothing like it', () => {
    const browser = createFakeBrowser()
    expect(browser.tab().storage).toHaveProperty('update')
    expect(browser.tab({ storage: 'sync' }).storage).not.toHaveProperty('update')
  })

  it.each(lockContract)('lock: $name', async ({ run }) => {
    const browser = createFakeBrowser()
    await run(() => browser.tab().environment.lock)
  })

  it.each(channelContract)('channel: $name', async ({ run }) => {
    const browser = createFakeBrowser()
    await run(() => browser.tab().environment.channel)
  })

  it('tell each tab the time with its own skew', async () => {
    const browser = createFakeBrowser({ start: 5_000 })
    const tab = browser.tab({ clockSkew: -1_000 })
    await browser.clock.advance(10)
    expect(tab.environment.clock.now()).toBe(4_010)
    tab.setClockSkew(86_400_000)
    expect(tab.environment.clock.now()).toBe(86_405_010)
    expect(tab.environment.clock.monotonic()).toBe(browser.clock.monotonic())
  })

  it('draw the same random numbers in every run, and others in every tab', () => {
    const draw = (seed: number) => {
      const browser = createFakeBrowser({ seed })
      return [browser.tab(), browser.tab()].map(({ environment }) =>
        Array.from({ length: 5 }, () => environment.random()),
      )
    }
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    const [first, second] = draw(1)
    expect(first).not.toEqual(second)
    for (const number of draw(1).flat()) {
      expect(number).toBeGreaterThanOrEqual(0)
      expect(number).toBeLessThan(1)
    }
  })

  it('tell of the page, the network and being seen, only while somebody listens', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab({ href: 'https://app.example/in?code=1' })
    const { wake, page } = tab.environment
    const signs: string[] = []
    const stop = wake.subscribe((sign) => signs.push(sign))
    tab.hide()
    expect(wake.visible()).toBe(false)
    tab.show()
    tab.show()
    tab.goOffline()
    expect(wake.online()).toBe(false)
    tab.goOnline()
    tab.focus()
    await browser.clock.settle()
    expect(signs).toEqual(['wake', 'online', 'wake'])
    tab.focus()
    stop()
    tab.focus()
    await browser.clock.settle()
    expect(signs).toHaveLength(3)
    page.replace('/in')
    expect(page.href()).toBe('https://app.example/in')
    tab.navigate('https://app.example/out')
    expect(page.href()).toBe('https://app.example/out')
  })

  it('run their timers once a minute after five minutes in the background, and at once when they are shown', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    const { clock } = tab.environment
    const start = clock.monotonic()
    const rang: number[] = []
    const ring = (delay: number) =>
      clock.schedule(delay, () => void rang.push(clock.monotonic() - start))
    tab.hide()
    for (const delay of [290_000, 301_000, 350_000, 360_000]) ring(delay)
    await browser.clock.advance(400_000)
    expect(rang).toEqual([290_000, 360_000, 360_000, 360_000])
    ring(1_000)
    ring(2_000)()
    await browser.clock.advance(5_000)
    expect(rang).toHaveLength(4)
    tab.show()
    await browser.clock.settle()
    expect(rang.slice(4)).toEqual([405_000])
    ring(1_000)
    await browser.clock.advance(1_000)
    expect(rang.slice(5)).toEqual([406_000])
  })

  it('collect what is reported', () => {
    const tab = createFakeBrowser().tab()
    const error = new Error('of a listener')
    tab.environment.report(error)
    expect(tab.errors).toEqual([error])
  })

  it('refuse a second tab of the same name', () => {
    const browser = createFakeBrowser()
    browser.tab({ name: 'mine' })
    expect(() => browser.tab({ name: 'mine' })).toThrow('"mine"')
  })
})

describe('a tab that crashes', () => {
  it('loses a write that has not landed, and keeps one that has', async () => {
    const browser = createFakeBrowser()
    const [landed, lost] = [browser.tab(), browser.tab()]
    const first = follow(landed.storage.set('landed', 'x'))
    await Promise.resolve()
    expect(browser.storage.entries.get('landed')).toBe('x')
    landed.crash()
    const second = follow(lost.storage.set('lost', 'x'))
    lost.crash()
    await browser.clock.settle()
    expect([...browser.storage.entries.keys()]).toEqual(['landed'])
    expect([first.state, second.state]).toEqual(['open', 'open'])
  })

  it('frees its locks, held and wanted, for the others', async () => {
    const browser = createFakeBrowser()
    const [a, b, c] = [browser.tab(), browser.tab(), browser.tab()]
    await a.environment.lock.acquire('lock', signal())
    const wanted = follow(b.environment.lock.acquire('lock', signal()))
    const next = follow(c.environment.lock.acquire('lock', signal()))
    await browser.clock.settle()
    expect(browser.locks.queue('lock')).toEqual(['tab-1', 'tab-2', 'tab-3'])
    b.crash()
    a.crash()
    await browser.clock.settle()
    expect([wanted.state, next.state]).toEqual(['open', 'fulfilled'])
    expect(browser.locks.queue('lock')).toEqual(['tab-3'])
  })

  it('runs no timer, hears nothing, says nothing and sees no answer', async () => {
    const browser = createFakeBrowser()
    const [dead, other] = [browser.tab(), browser.tab()]
    const log: string[] = []
    dead.environment.clock.schedule(10, () => log.push('timer'))
    dead.environment.wake.subscribe(() => log.push('wake'))
    const line = dead.environment.channel.open('c', () => log.push('hint'))
    const heard = other.environment.channel.open('c', () => log.push('heard by the other'))
    let served = 0
    const fetch = dead.fetch(async () => {
      served++
      return new Response('late')
    })
    const answer = follow(fetch('https://server.example/'))
    await Promise.resolve()
    dead.crash()
    expect(browser.clock.pending()).toBe(0)
    heard.post()
    line.post()
    dead.focus()
    dead.environment.report(new Error('late'))
    await browser.clock.advance(20)
    expect(served).toBe(1)
    expect(answer.state).toBe('open')
    expect(log).toEqual([])
    expect(dead.errors).toEqual([])
  })

  it('does nothing ever after', async () => {
    const steps: Step[] = []
    const browser = createFakeBrowser({ scheduler: async (step) => void steps.push(step) })
    const [tab, sync] = [browser.tab(), browser.tab({ storage: 'sync' })]
    tab.crash()
    sync.crash()
    const fates = [
      follow(tab.storage.set('key', 'x')),
      follow(tab.storage.get('key')),
      follow(tab.environment.lock.acquire('lock', signal())),
      follow(tab.environment.lock.acquire('lock', AbortSignal.abort())),
      follow(tab.fetch(async () => new Response())('https://server.example/')),
    ]
    sync.storage.set('key', 'x')
    tab.environment.clock.schedule(0, () => fates.push({ state: 'fulfilled' }))
    await browser.clock.advance(10)
    expect(fates.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'open'))
    expect(browser.storage.entries.size).toBe(0)
    expect(browser.locks.queue('lock')).toEqual([])
    expect(steps).toEqual([])
  })
})

describe('a tab that is frozen', () => {
  it('goes on with everything, in order, when it is thawed', async () => {
    const browser = createFakeBrowser()
    const [tab, other] = [browser.tab(), browser.tab()]
    const log: string[] = []
    const note = (what: string) => () => void log.push(what)
    const { clock, channel, lock, wake } = tab.environment
    wake.subscribe(note('wake'))
    clock.schedule(10, note('timer'))
    channel.open('c', note('hint'))
    Promise.resolve(tab.storage.set('key', 'x')).then(note('written'))
    lock.acquire('lock', signal()).then(note('locked'))
    tab
      .fetch(async () => new Response())('https://server.example/')
      .then(note('answered'))
    tab.freeze()
    await browser.clock.settle()
    expect(browser.storage.entries.get('key')).toBe('x')
    expect(browser.locks.queue('lock')).toEqual(['tab-1'])
    other.environment.channel.open('c', () => {}).post()
    await browser.clock.advance(60_000)
    expect(log).toEqual([])
    tab.thaw()
    await browser.clock.settle()
    expect([...log].sort()).toEqual(['answered', 'hint', 'locked', 'timer', 'wake', 'written'])
    expect(log.indexOf('hint')).toBeLessThan(log.indexOf('timer'))
  })

  it('does not run a timer that is cancelled on waking', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    const log: string[] = []
    const { clock } = tab.environment
    clock.schedule(10, () => {
      log.push('first')
      cancel()
    })
    const cancel = clock.schedule(20, () => log.push('second'))
    tab.freeze()
    await browser.clock.advance(60)
    tab.thaw()
    await browser.clock.settle()
    expect(log).toEqual(['first'])
  })

  it('is told nothing by a thaw when it was not frozen', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    const signs: string[] = []
    tab.environment.wake.subscribe((sign) => signs.push(sign))
    tab.thaw()
    await browser.clock.settle()
    expect(signs).toEqual([])
  })

  it('can crash, and then stays silent', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    const fate = follow(tab.storage.get('key'))
    tab.freeze()
    await browser.clock.settle()
    tab.crash()
    tab.thaw()
    await browser.clock.settle()
    expect(fate.state).toBe('open')
  })
})

describe('the faults of a fake browser', () => {
  it('fail as many writes as told, with the error given', async () => {
    const browser = createFakeBrowser()
    const { storage } = browser.tab()
    const error = new Error('planted')
    browser.storage.failNextSet(error, 2)
    for (let count = 0; count < 2; count++) {
      await expect(Promise.resolve(storage.set('key', 'x'))).rejects.toBe(error)
    }
    await storage.set('key', 'x')
    expect(browser.storage.entries.get('key')).toBe('x')
  })

  it('fill the disk: writes fail, reads and removals work', async () => {
    const browser = createFakeBrowser()
    const { storage } = browser.tab()
    await storage.set('key', 'x')
    browser.storage.setQuotaExceeded(true)
    const error = await Promise.resolve(storage.set('key', 'y')).catch((e: unknown) => e)
    expect(isAuthError(error, 'storage')).toBe(true)
    expect(error).toMatchObject({ cause: { name: 'QuotaExceededError' } })
    expect(await storage.get('key')).toBe('x')
    await storage.remove('key')
    browser.storage.setQuotaExceeded(false)
    await storage.set('key', 'y')
    expect(await storage.get('key')).toBe('y')
  })

  it.each(['async', 'sync'] as const)('block %s storage altogether', async (kind) => {
    const browser = createFakeBrowser()
    const { storage } = browser.tab({ storage: kind })
    browser.storage.block()
    for (const call of [
      async () => storage.get('key'),
      async () => storage.set('key', 'x'),
      async () => storage.remove('key'),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'storage' })
    }
    browser.storage.block(false)
    expect(await storage.get('key')).toBeNull()
  })

  it('hang reads and writes apart, and let them land late', async () => {
    const browser = createFakeBrowser()
    const { storage } = browser.tab()
    browser.storage.hangWrites(true)
    const write = follow(storage.set('key', 'x'))
    expect(await storage.get('key')).toBeNull()
    browser.storage.hangReads(true)
    const read = follow(storage.get('key'))
    await browser.clock.settle()
    expect([write.state, read.state]).toEqual(['open', 'open'])
    browser.storage.hangWrites(false)
    browser.storage.hangReads(false)
    await browser.clock.settle()
    expect([write.state, read.value]).toEqual(['fulfilled', 'x'])
  })

  it('meet updates like writes: planted errors, a full disk, a blocked one, hanging', async () => {
    const browser = createFakeBrowser()
    const { storage } = browser.tab()
    const update = async (text: string | null) => storage.update?.('key', () => text)
    const error = new Error('planted')
    browser.storage.failNextSet(error)
    await expect(update('x')).rejects.toBe(error)
    browser.storage.setQuotaExceeded(true)
    await expect(update('x')).rejects.toMatchObject({ cause: { name: 'QuotaExceededError' } })
    await expect(update(null)).resolves.toBeNull()
    browser.storage.setQuotaExceeded(false)
    browser.storage.block()
    await expect(update('x')).rejects.toMatchObject({ cause: { name: 'SecurityError' } })
    browser.storage.block(false)
    browser.storage.hangWrites(true)
    const late = follow(update('late'))
    await browser.clock.settle()
    expect([late.state, browser.storage.entries.size]).toEqual(['open', 0])
    browser.storage.hangWrites(false)
    await browser.clock.settle()
    expect([late.value, browser.storage.entries.get('key')]).toEqual(['late', 'late'])
  })

  it('forget a hanging write of a tab that crashed', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    browser.storage.hangWrites(true)
    follow(tab.storage.set('key', 'x'))
    await browser.clock.settle()
    tab.crash()
    browser.storage.hangWrites(false)
    await browser.clock.settle()
    expect(browser.storage.entries.size).toBe(0)
  })

  it('tell synchronous storages of what others changed, and of a clearing', async () => {
    const browser = createFakeBrowser()
    const [a, b] = [browser.tab({ storage: 'sync' }), browser.tab({ storage: 'sync' })]
    const heard: (string | null)[] = []
    const stop = b.storage.subscribe?.((key) => heard.push(key))
    a.storage.subscribe?.(() => heard.push('its own change'))
    a.storage.set('key', 'x')
    a.storage.set('key', 'x')
    a.storage.remove('key')
    await browser.clock.settle()
    expect(heard).toEqual(['key', 'key'])
    stop?.()
    a.storage.set('key', 'y')
    browser.storage.clear()
    await browser.clock.settle()
    expect(heard).toEqual(['key', 'key', 'its own change'])
    expect(browser.tab().storage).not.toHaveProperty('subscribe')
  })

  it('grant no lock, until they do again', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    browser.locks.neverGrant(true)
    const abort = new AbortController()
    const aborted = follow(tab.environment.lock.acquire('lock', abort.signal))
    const patient = follow(tab.environment.lock.acquire('lock', signal()))
    await browser.clock.settle()
    abort.abort()
    await browser.clock.settle()
    expect([aborted.state, patient.state]).toEqual(['rejected', 'open'])
    browser.locks.neverGrant(false)
    await browser.clock.settle()
    expect(patient.state).toBe('fulfilled')
  })

  it('steal a lock: the next gets it, and the robbed one frees nobody by its release', async () => {
    const browser = createFakeBrowser()
    const [a, b, c] = [browser.tab(), browser.tab(), browser.tab()]
    const release = await a.environment.lock.acquire('lock', signal())
    const second = follow(b.environment.lock.acquire('lock', signal()))
    const third = follow(c.environment.lock.acquire('lock', signal()))
    await browser.clock.settle()
    browser.locks.steal('lock')
    await browser.clock.settle()
    expect(second.state).toBe('fulfilled')
    release()
    await browser.clock.settle()
    expect([second.state, third.state]).toEqual(['fulfilled', 'open'])
  })

  it('leave each tab only its own locks when there are no Web Locks', async () => {
    const browser = createFakeBrowser()
    browser.locks.absent(true)
    const [a, b] = [browser.tab(), browser.tab()]
    await a.environment.lock.acquire('lock', signal())
    const again = follow(a.environment.lock.acquire('lock', signal()))
    await b.environment.lock.acquire('lock', signal())
    await browser.clock.settle()
    expect(again.state).toBe('open')
  })

  it('give back a lock whose grant was on its way when the wait was aborted', async () => {
    const answers: (() => void)[] = []
    const browser = createFakeBrowser({
      scheduler: ({ kind }) =>
        kind === 'lock.request:answer'
          ? new Promise((resolve) => answers.push(resolve))
          : Promise.resolve(),
    })
    const abort = new AbortController()
    const { lock } = browser.tab().environment
    const fate = follow(lock.acquire('lock', abort.signal))
    await browser.clock.settle()
    expect(browser.locks.queue('lock')).toEqual(['tab-1'])
    abort.abort()
    for (const answer of answers) answer()
    await browser.clock.settle()
    expect(fate.state).toBe('rejected')
    expect(browser.locks.queue('lock')).toEqual([])
  })

  it('lose messages', async () => {
    const browser = createFakeBrowser()
    let hints = 0
    const [a, b] = [browser.tab(), browser.tab()]
    b.environment.channel.open('c', () => hints++)
    const line = a.environment.channel.open('c', () => {})
    browser.bus.loseMessages(true)
    line.post()
    browser.bus.loseMessages(false)
    line.post()
    await browser.clock.settle()
    expect(hints).toBe(1)
  })
})

describe('the fetch of a fake tab', () => {
  const url = 'https://server.example/'

  const headers = {
    'Retry-After': '30',
    Date: 'Thu, 01 Jan 1970 00:00:00 GMT',
    'Content-Type': 'text/plain',
    'X-Other': 'yes',
    'Set-Cookie': 'a=1; HttpOnly',
  }
  const names = async (target: string, more: HeadersInit = {}, init: RequestInit = {}) => {
    const tab = createFakeBrowser().tab({ href: 'https://app.example/page' })
    const send = tab.fetch(async () => new Response('body', { headers: { ...headers, ...more } }))
    const response = await send(target, init)
    expect(await response.text()).toBe('body')
    return [...response.headers.keys()]
  }

  it('hides Retry-After and Date of another origin, as a browser does', async () => {
    expect(await names('https://auth.example/token')).toEqual(['content-type'])
    expect(await names('https://app.example:8443/token')).toEqual(['content-type'])
  })

  it('shows what the other origin exposes', async () => {
    const exposing = { 'Access-Control-Expose-Headers': 'X-Total-Count, retry-after' }
    expect(await names('https://auth.example/', exposing)).toEqual(['content-type', 'retry-after'])
    const all = { 'Access-Control-Expose-Headers': '*' }
    expect(await names('https://auth.example/', all)).toContain('date')
    const included = { credentials: 'include' } as const
    expect(await names('https://auth.example/', all, included)).toEqual(['content-type'])
    const request = new Request('https://auth.example/', included)
    const tab = createFakeBrowser().tab()
    const send = tab.fetch(async () => new Response('', { headers: { ...headers, ...all } }))
    expect((await send(request)).headers.has('date')).toBe(false)
  })

  it('shows all but cookies of its own origin', async () => {
    const own = ['content-type', 'date', 'retry-after', 'x-other']
    expect(await names('https://app.example/api')).toEqual(own)
    expect(await names('/api')).toEqual(own)
  })

  it('goes by the address that the page has when it asks', async () => {
    const tab = createFakeBrowser().tab({ href: 'https://app.example/' })
    const send = tab.fetch(async () => new Response(null, { status: 204, headers }))
    tab.navigate('https://auth.example/')
    expect((await send('https://auth.example/')).headers.get('retry-after')).toBe('30')
  })

  it('hands requests and answers through, failures included', async () => {
    const tab = createFakeBrowser().tab()
    const echo = tab.fetch(async (input, init) => new Response(`${init?.method} ${String(input)}`))
    expect(await (await echo(url, { method: 'PUT' })).text()).toBe(`PUT ${url}`)
    const error = new TypeError('refused')
    await expect(tab.fetch(() => Promise.reject(error))(url)).rejects.toBe(error)
  })

  it('reaches no server offline, and loses the answer when the network goes meanwhile', async () => {
    const browser = createFakeBrowser()
    const tab = browser.tab()
    let served = 0
    let respond = () => {}
    const fetch = tab.fetch(() => {
      served++
      return new Promise((resolve) => {
        respond = () => resolve(new Response())
      })
    })
    tab.goOffline()
    await expect(fetch(url)).rejects.toThrow(TypeError)
    expect(served).toBe(0)
    tab.goOnline()
    const fate = follow(fetch(url))
    await browser.clock.settle()
    tab.goOffline()
    respond()
    await browser.clock.settle()
    expect([served, fate.state]).toEqual([1, 'rejected'])
  })

  it('ends at once when its signal aborts, wherever the signal is', async () => {
    const tab = createFakeBrowser().tab()
    let served = 0
    const hang = tab.fetch(() => {
      served++
      return new Promise(() => {})
    })
    const reason = new Error('enough')
    for (const begin of [
      (abort: AbortSignal) => hang(url, { signal: abort }),
      (abort: AbortSignal) => hang(new Request(url, { signal: abort })),
    ]) {
      await expect(begin(AbortSignal.abort(reason))).rejects.toBe(reason)
      const abort = new AbortController()
      const pending = begin(abort.signal)
      await Promise.resolve()
      abort.abort(reason)
      await expect(pending).rejects.toBe(reason)
    }
    expect(served).toBeGreaterThan(0)
  })
})

describe('the scheduler of a fake browser', () => {
  it('is asked before every asynchronous step of every port', async () => {
    const steps: Step[] = []
    const browser = createFakeBrowser({
      scheduler: async (step) => void steps.push(step),
    })
    const [tab, other] = [browser.tab(), browser.tab({ storage: 'sync' })]
    const { clock, channel, lock, wake } = tab.environment
    await tab.storage.set('key', 'x')
    await tab.storage.get('key')
    await tab.storage.remove('key')
    await tab.storage.update?.('key', () => 'y')
    const release = await lock.acquire('lock', signal())
    browser.locks.neverGrant(false)
    release()
    wake.subscribe(() => {})
    tab.focus()
    clock.schedule(10, () => {})
    channel.open('c', () => {})
    other.environment.channel.open('c', () => {}).post()
    other.storage.subscribe?.(() => {})
    browser.storage.clear()
    await tab.fetch(async () => new Response())('https://server.example/')
    await browser.clock.advance(10)
    const kinds = steps.map(({ tab: name, kind, detail }) => `${name} ${kind} ${detail ?? ''}`)
    expect(kinds.sort()).toEqual([
      'tab-1 channel.hint c',
      'tab-1 fetch https://server.example/',
      'tab-1 fetch:answer https://server.example/',
      'tab-1 lock.release lock',
      'tab-1 lock.request lock',
      'tab-1 lock.request:answer lock',
      'tab-1 storage.get key',
      'tab-1 storage.get:answer key',
      'tab-1 storage.remove key',
      'tab-1 storage.remove:answer key',
      'tab-1 storage.set key',
      'tab-1 storage.set:answer key',
      'tab-1 storage.update key',
      'tab-1 storage.update:answer key',
      'tab-1 timer ',
      'tab-1 wake wake',
      'tab-2 storage.event ',
    ])
  })

  it('decides which of two writes lands last', async () => {
    const held: (() => void)[] = []
    const browser = createFakeBrowser({
      scheduler: ({ kind }) =>
        kind === 'storage.set' ? new Promise((resolve) => held.push(resolve)) : Promise.resolve(),
    })
    const [a, b] = [browser.tab(), browser.tab()]
    a.storage.set('key', 'a')
    b.storage.set('key', 'b')
    held[1]?.()
    await browser.clock.settle()
    held[0]?.()
    await browser.clock.settle()
    expect(browser.storage.entries.get('key')).toBe('a')
  })
})
