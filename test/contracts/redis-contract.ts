import { redisCommands } from '../../src/server/coordination/redis-commands.js'
import type { Command, RedisClient } from '../../src/server/coordination/redis-link.js'
import { ALL, PUT } from '../../src/server/coordination/redis-scripts.js'
import { type ContractCase, equal } from './contract.js'

/** A Redis to run our scripts on, and a way to let its time pass. */
export interface RedisSubject {
  readonly client: RedisClient
  pass(ms: number): Promise<void>
}

const TERM = 1_000
const LIFE = 500
const AT = 1_700_000_000_000
const NOTHING = { other: '', unreadable: '' }

function createDesk({ client }: RedisSubject) {
  const key = `contract-${crypto.randomUUID()}`
  const commands = redisCommands('contract:', TERM)
  const [ada, bob] = [
    { key, owner: 'ada' },
    { key, owner: 'bob' },
  ]
  const run = ({ script, keys, args }: Command): Promise<unknown> =>
    client.eval(script, { keys: [...keys], arguments: args.map(String) })
  return {
    commands,
    ada,
    bob,
    run,
    result: (sealed: string) => ({ name: commands.resultName(key), sealed, life: LIFE }),
    failure: (owner: string) => ({
      name: commands.failureName(key, owner),
      sealed: 'failure',
      life: LIFE,
    }),
    /** What a claim is told, but for the time. */
    async claim(owner: typeof ada, sight: Partial<typeof NOTHING> = {}): Promise<string> {
      const reply = await run(commands.claim(owner, { ...NOTHING, ...sight }))
      return Array.isArray(reply) ? reply.slice(0, 2).join(' ').trim() : String(reply)
    },
  }
}

/** What our scripts do, on the real Redis and on the fake one. */
export const redisContract: readonly ContractCase<RedisSubject>[] = [
  {
    name: 'gives the turn to one, and tells the others who has it',
    async run(subject) {
      const { ada, bob, claim } = createDesk(subject)
      equal(await claim(ada), 'mine', 'the first')
      equal(await claim(bob), 'theirs ada', 'the second')
      equal(await claim(ada), 'theirs ada', 'the first again')
    },
  },
  {
    name: 'gives the turn to the next when the first gives it back, or its term is over',
    async run(subject) {
      const { ada, bob, claim, commands, run } = createDesk(subject)
      await claim(ada)
      await run(commands.release(ada))
      equal(await claim(bob), 'mine', 'after the release')
      await subject.pass(TERM + 50)
      equal(await claim(ada), 'mine', 'after the term')
    },
  },
  {
    name: 'takes the turn from nobody else',
    async run(subject) {
      const { ada, bob, claim, commands, run, result, failure } = createDesk(subject)
      await claim(bob)
      await run(commands.release(ada))
      equal(await claim(ada), 'theirs bob', 'after a release')
      await run(commands.settle(ada, failure('ada')))
      equal(await claim(ada), 'theirs bob', 'after a failure')
      await run(commands.settle(ada, result('late')))
      equal(await claim(bob, { unreadable: 'late' }), 'theirs bob', 'after a result')
    },
  },
  {
    name: 'hands the result to all, for its time, and then gives the turn again',
    async run(subject) {
      const { ada, bob, claim, commands, run, result } = createDesk(subject)
      await claim(ada)
      await run(commands.settle(ada, result('sealed')))
      equal(await claim(bob), 'done sealed', 'another')
      equal(await claim(ada), 'done sealed', 'the winner')
      await subject.pass(LIFE + 50)
      equal(await claim(bob), 'mine', 'after its time')
    },
  },
  {
    name: 'gives the turn to who can not read the result, and hands out the next one',
    async run(subject) {
      const { ada, bob, claim, commands, run, result } = createDesk(subject)
      await run(commands.settle(ada, result('damaged')))
      equal(await claim(bob, { unreadable: 'damaged' }), 'mine', 'who can not read it')
      await run(commands.settle(bob, result('good')))
      equal(await claim(ada, { unreadable: 'damaged' }), 'done good', 'the next')
    },
  },
  {
    name: 'tells a failure to those who wait for its owner, and the turn is free at once',
    async run(subject) {
      const { ada, bob, claim, commands, run, failure } = createDesk(subject)
      await claim(ada)
      await run(commands.settle(ada, failure('ada')))
      equal(await claim(bob, { other: 'ada' }), 'failed failure', 'who waits')
      equal(await claim(bob), 'mine', 'who comes')
      equal(await claim(ada, { other: 'bob' }), 'theirs bob', 'who waits for the next')
    },
  },
  {
    name: 'tells its time, which passes',
    async run(subject) {
      const { ada, commands, run } = createDesk(subject)
      const time = async (): Promise<number> => {
        const reply = await run(commands.claim(ada, NOTHING))
        return Array.isArray(reply) ? Number(reply[2]) : Number.NaN
      }
      const before = await time()
      equal(Number.isSafeInteger(before) && before > 1_400_000_000_000, true, 'milliseconds')
      await subject.pass(100)
      const passed = (await time()) - before
      equal(passed >= 99 && passed < 2_000, true, `${passed} ms are about 100`)
    },
  },
  {
    name: 'remembers a tombstone for its time',
    async run(subject) {
      const { commands, run } = createDesk(subject)
      const id = crypto.randomUUID()
      equal(await run(await commands.ended(id)), 0, 'before')
      await run(await commands.end(id, { ttl: LIFE, at: AT }))
      equal(await run(await commands.ended(id)), `at:${AT}`, 'after')
      await subject.pass(LIFE + 50)
      equal(await run(await commands.ended(id)), 0, 'after its time')
    },
  },
  {
    name: 'notes each end of a name as later than the one before it, by whatever clock',
    async run(subject) {
      const { commands, run } = createDesk(subject)
      const id = crypto.randomUUID()
      for (const at of [AT, AT - 5_000, AT, AT + 5_000]) {
        await run(await commands.end(id, { ttl: LIFE, at }))
      }
      equal(await run(await commands.ended(id)), `at:${AT + 5_000}`, 'the last')
      await run(await commands.end(id, { ttl: LIFE, at: AT }))
      equal(await run(await commands.ended(id)), `at:${AT + 5_001}`, 'by a clock that was set back')
    },
  },
  {
    name: 'keeps the entries of a list by their names, those that came last and for their time',
    async run({ client, pass }) {
      const list = `contract:${crypto.randomUUID()}`
      // As long as a seal: Redis keeps the order of those that are short.
      const tail = 'x'.repeat(400)
      const put = (name: string, entry: string, life = LIFE): Promise<unknown> =>
        client.eval(PUT, { keys: [list], arguments: [name, entry + tail, `${life}`, '3'] })
      const all = async (): Promise<string> => {
        const found = await client.eval(ALL, { keys: [list], arguments: [] })
        const texts = Array.isArray(found) ? found.map(String) : [String(found)]
        return texts
          .map((text) => text.replace(tail, ''))
          .sort()
          .join()
      }
      equal(await all(), '', 'before')
      for (const name of ['a', 'b', 'a', 'c']) await put(name, `${name}-entry`)
      await put('a', 'a-again')
      equal(await all(), 'a-again,b-entry,c-entry', 'three')
      await put('d', 'd-entry')
      equal(await all(), 'a-again,c-entry,d-entry', 'of four')
      for (const name of 'ghijklmnopc') await put(name, `${name}-entry`)
      equal(await all(), 'c-entry,o-entry,p-entry', 'of many')
      // An entry that lasts longer is not cut short by one that does not.
      await put('e', 'e-entry', 4 * LIFE)
      await put('f', 'f-entry', 1)
      await pass(LIFE + 50)
      equal((await all()).includes('e-entry'), true, 'after the time of others')
      await pass(4 * LIFE)
      equal(await all(), '', 'after its time')
    },
  },
  {
    name: 'tells of each end once, in order, so many at a time',
    async run(subject) {
      const { commands, run } = createDesk(subject)
      const names = Array.from({ length: 5 }, () => crypto.randomUUID())
      const hear = async (after: string, most: number) => {
        const reply = await run(commands.hear(after, most))
        return Array.isArray(reply) ? reply.map(String) : []
      }
      let last = '0-0'
      // What others have told before.
      for (let heard = ['']; heard.length > 0; last = heard.at(-2) ?? last) {
        heard = await hear(last, 1_000)
      }
      for (const name of names) await run(commands.tell(name))
      const some = await hear(last, 2)
      const rest = await hear(some.at(-2) ?? '', 1_000)
      const told = [...some, ...rest].filter((_, index) => index % 2 === 1)
      equal(told.join(), names.join(), 'what was told')
      equal((await hear(rest.at(-2) ?? '', 1_000)).length, 0, 'told again')
    },
  },
]
