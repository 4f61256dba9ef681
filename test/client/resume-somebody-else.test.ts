import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/index.js'
import { createCookieWorld, grantOf, outage } from '../support/cookie-world.js'

describe('somebody else who signs in where cookies hold the session', () => {
  it('is not refreshed for who asked before, while the server was asked whose it is', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth } = world.open()
    await auth.getSession().catch(() => {})
    const answers: ((grant: Grant) => void)[] = []
    world.jar.answer = () => new Promise((answer) => answers.push(answer))
    // Each of them has the server asked again, one after the other.
    const asked = [auth.getSession(), auth.getSession()]
    await world.clock.settle()
    answers[0]?.(grantOf('ada', 's1'))
    await world.clock.settle()
    expect([answers.length, auth.getSnapshot().session?.user?.id]).toEqual([2, 'ada'])
    const refreshed = auth.refreshSession().catch((error: unknown) => error)
    await auth.signIn({ name: 'bob' })
    answers[1]?.(grantOf('ada', 's1'))
    expect(await refreshed).toMatchObject({ code: 'superseded' })
    await Promise.all(asked)
    expect(world.server.sent).toEqual([])
  })
})
