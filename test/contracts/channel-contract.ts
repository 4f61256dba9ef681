import type { Channel } from '../../src/core/ports.js'
import { type ContractCase, equal } from './contract.js'

/** Makes one more port to the same channels, as another context would. */
export type ChannelSubject = () => Channel

/** Joins a channel, counts the hints, and can wait until so many have come. */
function join(channel: Channel, name: string) {
  let waiting = (): void => {}
  const member = {
    heard: 0,
    line: channel.open(name, () => {
      member.heard++
      waiting()
    }),
    /** Resolves once `count` hints have come in all. */
    hears: (count: number) =>
      new Promise<void>((resolve) => {
        waiting = () => member.heard >= count && resolve()
        waiting()
      }),
  }
  return member
}

/** What every channel promises. */
export const channelContract: readonly ContractCase<ChannelSubject>[] = [
  {
    name: 'tells every other member once, and never the one who posts',
    async run(create) {
      const [a, b, c] = [1, 2, 3].map(() => join(create(), 'contract.all'))
      if (!a || !b || !c) return
      a.line.post()
      await Promise.all([b.hears(1), c.hears(1)])
      b.line.post()
      await Promise.all([a.hears(1), c.hears(2)])
      equal(a.heard, 1, 'heard by the first: only the other one')
      equal(b.heard, 1, 'heard by the second: only the other one')
      for (const member of [a, b, c]) member.line.close()
    },
  },
  {
    name: 'tells the other clients of one port too',
    async run(create) {
      const channel = create()
      const [a, b] = [join(channel, 'contract.port'), join(channel, 'contract.port')]
      a.line.post()
      await b.hears(1)
      b.line.post()
      await a.hears(1)
      equal(b.heard, 1, 'its own post unheard')
      a.line.close()
      b.line.close()
    },
  },
  {
    name: 'keeps names apart',
    async run(create) {
      const here = [join(create(), 'contract.here'), join(create(), 'contract.here')] as const
      const there = [join(create(), 'contract.there'), join(create(), 'contract.there')] as const
      here[0].line.post()
      await here[1].hears(1)
      there[0].line.post()
      await there[1].hears(1)
      equal(there[1].heard, 1, 'heard of the other name')
      for (const member of [...here, ...there]) member.line.close()
    },
  },
  {
    name: 'tells nothing to those who closed, and lets them neither post nor throw',
    async run(create) {
      const [a, b, c] = [1, 2, 3].map(() => join(create(), 'contract.close'))
      if (!a || !b || !c) return
      b.line.close()
      b.line.close()
      b.line.post()
      a.line.post()
      await c.hears(1)
      c.line.post()
      await a.hears(1)
      equal(b.heard, 0, 'heard after close')
      equal(c.heard, 1, 'heard from a closed one')
      a.line.close()
      c.line.close()
      a.line.post()
    },
  },
  {
    name: 'can be joined again after it was left',
    async run(create) {
      join(create(), 'contract.again').line.close()
      const [a, b] = [join(create(), 'contract.again'), join(create(), 'contract.again')]
      a.line.post()
      await b.hears(1)
      a.line.close()
      b.line.close()
    },
  },
]
