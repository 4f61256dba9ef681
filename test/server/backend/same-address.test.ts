import { describe, expect, it } from 'vitest'
import { headerAfter } from '../../../src/server/backend/deeds.js'
import { createOncePerAddress } from '../../../src/server/backend/same-address.js'
import { turns } from '../../contracts/contract.js'

const LASTING = 'signed in'

/** Work at addresses, that ends as it is told, and how often it was done. */
function createDesk() {
  const clock = { time: 1_700_000_000_000 }
  const once = createOncePerAddress<string>(
    (outcome) => outcome === LASTING,
    () => clock.time,
  )
  const done: string[] = []
  const at = (key: string, outcome: string | Promise<string> = LASTING): Promise<string> =>
    once(key, async () => {
      done.push(key)
      return outcome
    })
  return { clock, done, at }
}

describe('what is done once for each address', () => {
  it('is the same for all who come at a time, and lately after it', async () => {
    const { clock, done, at } = createDesk()
    expect(await Promise.all([at('a'), at('a'), at('b')])).toEqual([LASTING, LASTING, LASTING])
    clock.time += 9_999
    await at('a')
    expect(done).toEqual(['a', 'b'])
    clock.time += 1
    await at('a')
    expect(done).toEqual(['a', 'b', 'a'])
  })

  it('is done anew where the clock was set back', async () => {
    const { clock, done, at } = createDesk()
    await at('a')
    clock.time -= 3_600_000
    await at('a')
    expect(done).toEqual(['a', 'a'])
  })

  it('is done anew after what does not last, and after a failure', async () => {
    const { done, at } = createDesk()
    expect(await at('a', 'refused')).toBe('refused')
    await turns()
    await at('b', Promise.reject(new Error('down'))).catch(() => {})
    await turns()
    expect(await Promise.all([at('a'), at('b')])).toEqual([LASTING, LASTING])
    expect(done).toEqual(['a', 'b', 'a', 'b'])
  })

  it('is not done twice while it is on its way, however long that takes and however many come', async () => {
    const { clock, done, at } = createDesk()
    let end = (_: string): void => {}
    const slow = new Promise<string>((resolve) => {
      end = resolve
    })
    const first = at('slow', slow)
    for (let index = 0; index < 1_001; index += 1) await at(`quick ${index}`)
    clock.time += 60_000
    const second = at('slow')
    end(LASTING)
    expect(await Promise.all([first, second])).toEqual([LASTING, LASTING])
    expect(done.filter((key) => key === 'slow')).toHaveLength(1)
  })

  it('is known of a thousand addresses, and of the newest', async () => {
    const { done, at } = createDesk()
    for (let index = 0; index < 1_005; index += 1) await at(`${index}`)
    await at('1004')
    await at('10')
    expect(done).toHaveLength(1_005)
    await at('0')
    expect(done).toHaveLength(1_006)
  })
})

describe('the cookies that a browser has once an answer is there', () => {
  it.each([
    ['a=1; b=2', [], 'a=1; b=2'],
    [null, [], null],
    ['a=1; b=2', ['a=3; Path=/; Max-Age=60; Secure'], 'b=2;a=3'],
    ['a=1; b=2', ['a=; Path=/; Max-Age=0; Secure'], 'b=2;'],
    [null, ['a=3; Path=/; Max-Age=60; Secure'], ';a=3'],
  ])('%j and what it sets (%j) are %j', (before, setCookies, after) => {
    expect(headerAfter(before, setCookies)?.replaceAll(' b', 'b') ?? null).toBe(
      after?.replaceAll(' b', 'b') ?? null,
    )
  })
})
