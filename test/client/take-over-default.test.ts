// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { takeOver } from '../../src/index.js'
import { createWorld, HOUR } from '../support/world.js'

const left = takeOver({
  key: 'theirs',
  parse: (text) => ({ accessToken: text, refreshToken: 'old', lifetime: HOUR }),
})

afterEach(() => localStorage.clear())

describe('a session that another library left in localStorage', () => {
  it('is taken over by a client that keeps sessions elsewhere', async () => {
    localStorage.setItem('theirs', 'their-token')
    const { auth, clock } = ((world) => ({ ...world, ...world.open({ takeOver: left }) }))(
      createWorld(),
    )
    await clock.settle()
    expect(auth.getSnapshot().session?.accessToken).toBe('their-token')
    expect(localStorage.getItem('theirs')).toBeNull()
  })
})
