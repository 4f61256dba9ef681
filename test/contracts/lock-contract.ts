import type { Lock } from '../../src/core/ports.js'
import { type ContractCase, equal, rejects, turns } from './contract.js'

/** Makes one more port to the same locks. */
export type LockSubject = () => Lock

const never = (): AbortSignal => new AbortController().signal

/** Asks for a lock and remembers whether it was granted. */
function ask(lock: Lock, name: string, signal = never()) {
  const claim = { granted: false, release: () => {}, done: Promise.resolve() }
  const acquired = lock.acquire(name, signal)
  claim.done = acquired.then((release) => {
    claim.granted = true
    claim.release = release
  })
  return claim
}

/** What every lock promises. */
export const lockContract: readonly ContractCase<LockSubject>[] = [
  {
    name: 'grants a free lock, and again after its release',
    async run(create) {
      const lock = create()
      for (let round = 0; round < 3; round++) {
        const release = await lock.acquire('contract.free', never())
        release()
      }
    },
  },
  {
    name: 'has one holder at a time, served in order of arrival',
    async run(create) {
      const claims = [create(), create(), create()].map((lock) => ask(lock, 'contract.order'))
      for (const [index, claim] of claims.entries()) {
        await claim.done
        await turns()
        equal(claims.filter((c) => c.granted).length, index + 1, 'granted so far')
        claim.release()
      }
    },
  },
  {
    name: 'keeps a latecomer waiting while the second in line holds the lock',
    async run(create) {
      const lock = create()
      const release = await lock.acquire('contract.late', never())
      const second = ask(lock, 'contract.late')
      release()
      await second.done
      await turns()
      const late = ask(lock, 'contract.late')
      await turns()
      equal(late.granted, false, 'granted while held')
      second.release()
      await late.done
      late.release()
    },
  },
  {
    name: 'keeps names apart',
    async run(create) {
      const lock = create()
      const one = await lock.acquire('contract.one', never())
      const two = await lock.acquire('contract.two', never())
      one()
      two()
    },
  },
  {
    name: 'rejects a wait that is aborted and serves the next in line',
    async run(create) {
      const lock = create()
      const release = await lock.acquire('contract.abort', never())
      const abort = new AbortController()
      const second = lock.acquire('contract.abort', abort.signal)
      const third = ask(lock, 'contract.abort')
      abort.abort(new Error('no longer wanted'))
      await rejects(second, 'the aborted wait')
      equal(third.granted, false, 'granted while held')
      release()
      await third.done
      third.release()
    },
  },
  {
    name: 'rejects at once when the signal has aborted before, and blocks nobody',
    async run(create) {
      const lock = create()
      await rejects(lock.acquire('contract.aborted', AbortSignal.abort()), 'an aborted signal')
      const release = await lock.acquire('contract.aborted', never())
      release()
    },
  },
  {
    name: 'does not take a granted lock back when the signal aborts',
    async run(create) {
      const lock = create()
      const abort = new AbortController()
      const release = await lock.acquire('contract.granted', abort.signal)
      abort.abort()
      const next = ask(lock, 'contract.granted')
      await turns()
      equal(next.granted, false, 'granted while held')
      release()
      await next.done
      next.release()
    },
  },
  {
    name: 'minds not when a lock is released twice, and frees nobody else by it',
    async run(create) {
      const lock = create()
      const release = await lock.acquire('contract.twice', never())
      const second = ask(lock, 'contract.twice')
      const third = ask(lock, 'contract.twice')
      release()
      release()
      await second.done
      release()
      await turns()
      equal(third.granted, false, 'granted by a second release')
      second.release()
      await third.done
      third.release()
    },
  },
]
