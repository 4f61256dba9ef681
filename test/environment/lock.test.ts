import { afterEach, describe, expect, it, vi } from 'vitest'
import { inProcessLock, platformLock, webLock } from '../../src/environment/lock.js'
import { turns } from '../contracts/contract.js'
import { lockContract } from '../contracts/lock-contract.js'

const signal = () => new AbortController().signal

type Request = (name: string, options: LockOptions, hold: () => unknown) => Promise<unknown>

/** Web Locks that answer as told: refusals and thefts, which browsers do not show on demand. */
const plant = (request: Request) => vi.stubGlobal('navigator', { locks: { request } })

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
    await run(platformLock)
  })

  it.each(['SecurityError', 'InvalidStateError', 'NotSupportedError'])(
    'serves from this process when Web Locks refuse with %s',
    async (name) => {
      plant(refusal(name))
      const release = await platformLock().acquire('refused', signal())
      let second = false
      const waiting = platformLock()
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
    await expect(platformLock().acquire('aborted', abort.signal)).rejects.toThrow('enough')
  })

  it('looks for Web Locks at each call', async () => {
    const lock = platformLock()
    vi.stubGlobal('navigator', undefined)
    const release = await lock.acquire('late', signal())
    release()
    const request = vi.fn<Request>((_name, _options, hold) => Promise.resolve(hold()))
    plant(request)
    await lock.acquire('late', signal())
    expect(request).toHaveBeenCalledOnce()
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
