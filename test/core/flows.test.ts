import { describe, expect, it } from 'vitest'
import { createFlows } from '../../src/core/flows.js'

const HOUR = 3_600_000
const START = 1_000_000_000_000

/** The flows of a client whose clock can be set, and the text in its storage. */
function start(stored: string | null = null) {
  let now = START
  let text = stored
  const vault = {
    readText: async () => text,
    updateText: async (_: string, change: (text: string | null) => string | null) => {
      text = change(text)
    },
  }
  const flows = createFlows(vault, () => now)
  return {
    flows,
    begin: (secret: string) => flows.save({ secret, purpose: 'sign-in' }),
    secrets: async () => (await flows.list()).map(({ secret }) => secret),
    setClock: (to: number): void => {
      now = to
    },
    stored: () => text,
  }
}

describe('the secrets of redirects', () => {
  it('are there when the person comes back, the newest first', async () => {
    const { begin, secrets, flows } = start()
    await begin('a')
    await begin('b')
    expect(await secrets()).toEqual(['b', 'a'])
    expect((await flows.list())[0]).toMatchObject({ secret: 'b', purpose: 'sign-in' })
  })

  it('are five at the most: the oldest goes first', async () => {
    const { begin, secrets } = start()
    for (const secret of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await begin(secret)
    expect(await secrets()).toEqual(['g', 'f', 'e', 'd', 'c'])
  })

  it('are good for a day, and leave storage with the next redirect after it', async () => {
    const { begin, secrets, setClock, stored } = start()
    await begin('a')
    setClock(START + 24 * HOUR)
    expect(await secrets()).toEqual(['a'])
    setClock(START + 24 * HOUR + 1)
    expect(await secrets()).toEqual([])
    await begin('b')
    expect(stored()).not.toContain('"a"')
  })

  it('are not kept longer by a clock that was a year ahead when they came', async () => {
    const { begin, secrets, setClock } = start()
    setClock(START + 365 * 24 * HOUR)
    await begin('a')
    setClock(START)
    expect(await secrets()).toEqual([])
  })

  it('of 0.1, which have no date, are good for a day from the next redirect on', async () => {
    const old = JSON.stringify({ v: 1, flows: [{ secret: 'old', purpose: 'sign-in' }] })
    const { begin, secrets, setClock } = start(old)
    await begin('a')
    setClock(START + 23 * HOUR)
    expect(await secrets()).toEqual(['a', 'old'])
    await begin('b')
    setClock(START + 25 * HOUR)
    expect(await secrets()).toEqual(['b'])
  })

  it('leave nothing behind once all of them have come back', async () => {
    const { begin, flows, stored } = start()
    await begin('a')
    await begin('b')
    for (const flow of await flows.list()) await flows.remove(flow)
    expect(stored()).toBeNull()
  })

  it.each([
    'no JSON',
    '{"v":2,"flows":[{"secret":"a","purpose":"p"}]}',
    '{"v":1,"flows":{"secret":"a","purpose":"p"}}',
    '{"v":1,"flows":[null,7,{"purpose":"p"},{"secret":7,"purpose":"p"},{"secret":"a"}]}',
  ])('are none where storage holds %s', async (text) => {
    const { begin, secrets } = start(text)
    expect(await secrets()).toEqual([])
    await begin('mine')
    expect(await secrets()).toEqual(['mine'])
  })
})
