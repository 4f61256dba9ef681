import { describe, expect, it } from 'vitest'
import { createShare } from '../../src/core/share.js'

/** A line whose calls send when told to. */
function start() {
  const sent: string[] = []
  const priors: (string | null)[] = []
  const gates: ((fail?: boolean) => void)[] = []
  let left = 0
  const share = createShare<string, string>(
    async (call, prior) => {
      priors.push(prior)
      call.closed = true
      sent.push(call.wish)
      const fail = await new Promise<boolean | undefined>((resolve) => gates.push(resolve))
      if (fail) throw new Error('refused')
      return `answer to ${call.wish}`
    },
    () => left++,
  )
  const ask = (wish: string) =>
    share.ask(
      () => wish,
      (call) => !call.closed,
    ).promise
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return { share, ask, sent, priors, gates, turn, left: () => left }
}

describe('a line of calls', () => {
  it('lets calls join the one that is still unsent', async () => {
    const { ask, sent, gates, turn } = start()
    const answers = Promise.all([ask('a'), ask('b')])
    await turn()
    gates[0]?.()
    expect(await answers).toEqual(['answer to a', 'answer to a'])
    expect(sent).toEqual(['a'])
  })

  it('lets a call that comes later come after it, with what it brought', async () => {
    const { ask, sent, priors, gates, turn } = start()
    const first = ask('a')
    await turn()
    const second = ask('b')
    const third = ask('c')
    await turn()
    expect(sent).toEqual(['a'])
    gates[0]?.()
    await first
    await turn()
    gates[1]?.()
    expect([await second, await third]).toEqual(['answer to b', 'answer to b'])
    expect(priors).toEqual([null, 'answer to a'])
  })

  it('goes on after a call that failed', async () => {
    const { ask, priors, gates, turn, share, left } = start()
    const first = expect(ask('a')).rejects.toThrow('refused')
    await turn()
    const second = ask('b')
    gates[0]?.(true)
    await first
    await turn()
    gates[1]?.()
    expect(await second).toBe('answer to b')
    expect(priors).toEqual([null, null])
    expect(share.calls).toEqual([])
    expect(left()).toBe(2)
  })

  it('lets a call join any that fits, not just the last', async () => {
    const { ask, share, sent, gates, turn } = start()
    ask('first')
    await turn()
    const [second, third] = [
      ask('second'),
      share.ask(
        () => 'third',
        () => false,
      ).promise,
    ]
    const joined = share.ask(
      () => 'none',
      ({ wish }) => wish === 'second',
    ).promise
    for (let n = 0; n < 3; n++) {
      await turn()
      gates[n]?.()
    }
    expect(await Promise.all([second, third, joined])).toEqual([
      'answer to second',
      'answer to third',
      'answer to second',
    ])
    expect(sent).toEqual(['first', 'second', 'third'])
  })

  it('has those in it that are not over, in their order', async () => {
    const { ask, share, gates, turn } = start()
    const first = ask('first')
    await turn()
    ask('second')
    gates[0]?.()
    await first
    expect(share.calls.map(({ wish }) => wish)).toEqual(['second'])
  })
})
