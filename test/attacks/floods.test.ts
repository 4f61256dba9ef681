import { describe, expect, it } from 'vitest'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import { createStage, outcomeOf } from '../server/supertokens/stage.js'

const LIMIT = 50

/** An app whose coordinator holds few results, so that a flood need not be long. */
function crowded() {
  const clock = { time: 1_795_000_000_000 }
  const now = (): number => clock.time
  const coordinator = memoryCoordinator({ limit: LIMIT, now })
  return createStage({ coordinator, now, core: { clock: { now } } })
}

const junk = (index: number): string => `${btoa(`junk ${index}`)}.${index}.V2`

describe('a flood of junk refresh tokens', () => {
  it('does not turn the second tab of somebody honest into a theft', async () => {
    const stage = crowded()
    const first = await stage.superTokens.createNewSession('ada')
    const { refreshToken } = first
    const next = await stage.superTokens.refreshSession(refreshToken.token)
    // The core has seen the new token, so that it takes the old one for stolen from now on.
    await stage.superTokens.getSession(next.accessToken.token)
    for (let index = 0; index < 10 * LIMIT; index += 1) {
      expect(await outcomeOf(stage.superTokens.refreshSession(junk(index)))).toBe('UNAUTHORISED')
    }
    const second = await stage.superTokens.refreshSession(refreshToken.token)
    expect(second.refreshToken.token).toBe(next.refreshToken.token)
    expect(stage.core.sessions()).toHaveLength(1)
  })

  it('costs the core one request for each that may be one, and each is answered once', async () => {
    const stage = crowded()
    await stage.superTokens.createNewSession('ada')
    stage.core.clearLog()
    await outcomeOf(stage.superTokens.refreshSession(junk(1)))
    const before = stage.core.requests.length
    await outcomeOf(stage.superTokens.refreshSession(junk(1)))
    expect(stage.core.requests).toHaveLength(before)
  })

  it.each([
    ['x', 'x'],
    ['secret', 'secret'],
    ['a.b', 'a.b'],
    ['a.b.c', 'a.b.c'],
    ['a.b.V2 ', 'a.b.V2 '],
    [' a.b.V2', ' a.b.V2'],
    ['a.b.V2\n', 'a.b.V2\n'],
    ['a b.c.V2', 'a b.c.V2'],
    ['a..V2', 'a..V2'],
    ['.b.V2', '.b.V2'],
    ['a.b.V', 'a.b.V'],
    ['a.b.v2', 'a.b.v2'],
    ['ä.b.V2', 'ä.b.V2'],
    ['one of 9 kB', `${'a'.repeat(9000)}.b.V2`],
    ['8 kB of dots', `${'a.'.repeat(4000)}!`],
  ])('costs the core nothing where no core can have written the token: %j', async (_, token) => {
    const stage = crowded()
    expect(await outcomeOf(stage.superTokens.refreshSession(token))).toBe('UNAUTHORISED')
    expect(stage.core.requests).toEqual([])
  })

  it('leaves a tenth of the room to refusals, and all of it to sessions', async () => {
    const coordinator = memoryCoordinator({ limit: 20 })
    const runs: string[] = []
    const ask = (key: string, isRefusal?: () => boolean) =>
      coordinator.once(key, async () => `${runs.push(key)}`, { isRefusal })
    for (let index = 0; index < 20; index += 1) await ask(`session ${index}`)
    for (let index = 0; index < 100; index += 1) await ask(`junk ${index}`, () => true)
    runs.length = 0
    for (let index = 0; index < 20; index += 1) await ask(`session ${index}`)
    await ask('junk 99', () => true)
    await ask('junk 98', () => true)
    expect(runs).toEqual([])
    await ask('junk 97', () => true)
    expect(runs).toEqual(['junk 97'])
  })
})
