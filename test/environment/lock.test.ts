import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Lock } from '../../src/core/ports.js'
import { inProcessLock, platformLock, webLock } from '../../src/environment/lock.js'
import { createFakeBrowser } from '../../src/testing/browser.js'
import { turns } from '../contracts/contract.js'
import { lockContract } from '../contracts/lock-contract.js'

const signal = () => new AbortController().signal

type Request = (name: string, options: LockOptions, hold: () => unknown) => Promise<unknown>

/** Web Locks that answer as told: refusals and thefts, which browsers do not show on demand. */
const plant = (request: Request) => vi.stubGlobal('navigator', { locks: { request } })

/** The lock of a page, in which no other context ever holds the lease. */
const pageLock = () => {
  vi.stubGlobal('isSecureContext', true)
  return platformLock({ acquire: async () => () => {} })
}

/** A lock that other contexts share, and how often it was asked for, granted and released. */
function sharedLock() {
  const log = { asked: 0, held: 0 }
  const inner = createFakeBrowser().tab().environment.lock
  const lock: Lock = {
    async acquire(name, wait) {
      log.asked++
      const release = await inner.acquire(name, wait)
      log.held++
      return () => {
        log.held--
        release()
      }
    },
  }
  return { log, lock, inner }
}

const refusal = (name: string) => () => Promise.reject(new DOMException('refused', name))

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('inProcessLock', () => {
  it.each(lockContract)('$name', async ({ run }) => {
    await run(inProcessLock)
  })
})

describe('platformLock', () => {
  it.each(lockContract)('without Web Locks: $name', async ({ run }) => {
    vi.stubGlobal('navigator', undefined)
    await run(pageLock)
  })

  it.each(['SecurityError', 'InvalidStateError', 'NotSupportedError'])(
    'serves from this process when Web Locks refuse with %s',
    async (name) => {
      plant(refusal(name))
      const release = await pageLock().acquire('refused', signal())
      let second = false
      const waiting = pageLock()
        .acquire('refused', signal())
        .then((free) => {
          second = true
          free()
        })
      await turns()
      expect(second).toBe(false)
      release()
      await waiting
      expect(second).toBe(true)
    },
  )

  it('rejects an aborted wait rather than falling back with it', async () => {
    const abort = new AbortController()
    plant((_, options) => {
      abort.abort(new Error('enough'))
      return Promise.reject(options.signal?.reason)
    })
    await expect(pageLock().acquire('aborted', abort.signal)).rejects.toThrow('enough')
  })

  it('looks for Web Locks at each call', async () => {
    const lock = pageLock()
    vi.stubGlobal('navigator', undefined)
    const release = await lock.acquire('late', signal())
    release()
    const request = vi.fn<Request>((_name, _options, hold) => Promise.resolve(hold()))
    plant(request)
    await lock.acquire('late', signal())
    expect(request).toHaveBeenCalledOnce()
  })
})

describe('platformLock with a lock that other contexts share', () => {
  it.each(lockContract)('outside secure contexts: $name', async ({ run }) => {
    vi.stubGlobal('isSecureContext', false)
    const { lock } = sharedLock()
    await run(() => platformLock(lock))
  })

  it('outside secure contexts excludes them too, whatever locks the platform has', async () => {
    vi.stubGlobal('isSecureContext', false)
    const request = vi.fn<Request>((_name, _options, hold) => Promise.resolve(hold()))
    plant(request)
    const { lock, inner, log } = sharedLock()
    const releaseElsewhere = await inner.acquire('shared', signal())
    let granted = false
    const waiting = platformLock(lock)
      .acquire('shared', signal())
      .then((free) => {
        granted = true
        return free
      })
    await turns(10)
    expect([granted, log.asked]).toEqual([false, 1])
    releaseElsewhere()
    const release = await waiting
    expect(log.held).toBe(1)
    release()
    expect([log.held, request.mock.calls]).toEqual([0, []])
  })

  it('asks for it once at a time: the clients of a page wait for each other first', async () => {
    vi.stubGlobal('isSecureContext', false)
    const { lock, log } = sharedLock()
    const release = await platformLock(lock).acquire('once', signal())
    const second = platformLock(lock).acquire('once', signal())
    await turns(10)
    expect(log.asked).toBe(1)
    release()
    const releaseSecond = await second
    expect(log).toEqual({ asked: 2, held: 1 })
    releaseSecond()
  })

  it('does without it when it fails, and still serves one of this page at a time', async () => {
    vi.stubGlobal('isSecureContext', false)
    const lock = platformLock({ acquire: () => Promise.reject(new Error('no storage')) })
    const release = await lock.acquire('failing', signal())
    let granted = false
    const second = lock.acquire('failing', signal()).then((free) => {
      granted = true
      return free
    })
    await turns(10)
    expect(granted).toBe(false)
    release()
    const releaseSecond = await second
    releaseSecond()
  })

  it('says when it is lost, and has nothing to say where it is not had', async () => {
    vi.stubGlobal('isSecureContext', false)
    let holds = true
    const lost: Lock = {
      acquire: async () => Object.assign(() => {}, { holds: async () => holds }),
    }
    const release = await platformLock(lost).acquire('lost', signal())
    expect(await release.holds?.()).toBe(true)
    holds = false
    expect(await release.holds?.()).toBe(false)
    release()
    const alone = platformLock({ acquire: () => Promise.reject(new Error('no storage')) })
    expect((await alone.acquire('alone', signal())).holds).toBeUndefined()
  })

  it('does not ask for it where Web Locks work, and does where they refuse', async () => {
    vi.stubGlobal('isSecureContext', true)
    const { lock, log } = sharedLock()
    plant((_name, _options, hold) => Promise.resolve(hold()))
    const release = await platformLock(lock).acquire('secure', signal())
    release()
    expect(log.asked).toBe(0)
    plant(refusal('SecurityError'))
    const releaseShared = await platformLock(lock).acquire('secure', signal())
    expect(log).toEqual({ asked: 1, held: 1 })
    releaseShared()
  })
})

describe('webLock', () => {
  it('rejects where there are no Web Locks', async () => {
    vi.stubGlobal('navigator', {})
    await expect(webLock().acquire('name', signal())).rejects.toThrow(TypeError)
  })

  it('rejects where they are refused', async () => {
    plant(refusal('SecurityError'))
    await expect(webLock().acquire('name', signal())).rejects.toThrow('refused')
  })

  it('holds the lock until its release', async () => {
    let held = true
    const drop = () => {
      held = false
    }
    plant((_name, _options, hold) => Promise.resolve(hold()).then(drop))
    const release = await webLock().acquire('name', signal())
    await turns()
    expect(held).toBe(true)
    release()
    await turns()
    expect(held).toBe(false)
  })

  it('survives the theft of its lock without an unhandled rejection', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    let steal = () => {}
    plant((_name, _options, hold) => {
      hold()
      return new Promise((_, reject) => {
        steal = () => reject(new DOMException('stolen', 'AbortError'))
      })
    })
    const release = await webLock().acquire('name', signal())
    steal()
    await turns()
    expect(release).not.toThrow()
    await turns()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('hands the signal on, so that an aborted wait leaves the queue of the browser', async () => {
    let asked: LockOptions | undefined
    plant((_name, options) => {
      asked = options
      return new Promise(() => {})
    })
    const abort = new AbortController()
    const waiting = webLock().acquire('name', abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(asked?.signal?.aborted).toBe(true)
  })

  it('lets a grant go at once that comes after the abort of a signal of any make', async () => {
    const listeners = new Set<() => void>()
    const foreign = {
      aborted: false,
      reason: new Error('enough'),
      addEventListener: (_: 'abort', listener: () => void) => void listeners.add(listener),
      removeEventListener: (_: 'abort', listener: () => void) => void listeners.delete(listener),
    }
    let grant = (): unknown => 'not asked'
    plant((_name, _options, hold) => {
      grant = hold
      return new Promise(() => {})
    })
    const waiting = webLock().acquire('name', foreign)
    foreign.aborted = true
    for (const listener of listeners) listener()
    await expect(waiting).rejects.toThrow('enough')
    expect(grant()).toBeUndefined()
    expect(listeners.size).toBe(0)
  })
})
