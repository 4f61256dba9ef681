// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { isAuthError, webStorage } from '../../src/index.js'
import { createWorld } from '../support/world.js'

const original = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')

function block(): void {
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      throw new DOMException('blocked', 'SecurityError')
    },
  })
}

function allow(): void {
  if (original) Object.defineProperty(globalThis, 'localStorage', original)
}

/** A client on localStorage, and what was reported. */
function openBlocked() {
  const world = createWorld()
  const reported: unknown[] = []
  const environment = { report: (error: unknown) => void reported.push(error) }
  block()
  return { ...world, reported, ...world.open({ storage: webStorage(), environment }) }
}

afterEach(allow)

describe('localStorage that the person blocks', () => {
  it('is reported once, however often the client tries', async () => {
    const { auth, clock, reported } = openBlocked()
    await auth.signIn({ name: 'ada' })
    for (let round = 0; round < 5; round++) {
      await auth.refreshSession()
      await clock.advance(60_000)
    }
    expect(reported.map((error) => isAuthError(error, 'storage'))).toEqual([true])
  })

  it('is reported again when it was allowed in between', async () => {
    const { auth, clock, reported } = openBlocked()
    await auth.signIn({ name: 'ada' })
    allow()
    await clock.advance(60_000)
    expect(localStorage.getItem('app')).not.toBeNull()
    block()
    await auth.refreshSession()
    await clock.advance(60_000)
    expect(reported).toHaveLength(2)
  })

  it('keeps nobody from hearing each time that a listener throws', async () => {
    const { auth, clock, reported } = openBlocked()
    const planted = new Error('planted')
    auth.onAuthStateChange(() => {
      throw planted
    })
    await auth.signIn({ name: 'ada' })
    await clock.settle()
    expect(reported.filter((error) => error === planted)).toHaveLength(2)
  })
})
