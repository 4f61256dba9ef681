import { AuthError, isAuthError } from '../../src/core/errors.js'
import type { Coordinator } from '../../src/server/coordination/coordinator-types.js'
import { type ContractCase, equal } from './contract.js'

/** Coordinators that share what they know, as those of one process or of many do. */
export interface CoordinatorSubject {
  /** How long they replay a result, in ms. */
  readonly replay: number
  /** How long a message may take, in ms: times of another process are no more exact. */
  readonly delay: number
  /** The coordinator of one more process. */
  create(): Promise<Coordinator>
  /** Lets `ms` pass, and everything happen that is on its way. */
  pass(ms: number): Promise<void>
  /** Waits for a promise, letting time pass. */
  until<T>(promise: Promise<T>): Promise<T>
}

/** Work that counts its runs and ends when told. */
export function countedWork() {
  const state = { runs: 0 }
  let end = (_: () => string): void => {}
  const gate = new Promise<() => string>((resolve) => {
    end = resolve
  })
  return {
    state,
    async work(): Promise<string> {
      const number = ++state.runs
      return `${(await gate)()} ${number}`
    },
    succeed: () => end(() => 'result'),
    fail: (error: unknown) =>
      end(() => {
        throw error
      }),
  }
}

/** What is left of an AuthError when it has come from another process. */
export function fieldsOf(error: unknown): string {
  if (!isAuthError(error)) return String(error)
  const { code, message, retryable, status, retryAfter, serverCode, details } = error
  return JSON.stringify([code, message, retryable, status, retryAfter, serverCode, details])
}

/** Long enough for a call to be known to the others, in ms. */
const MOMENT = 50

const refusal = new AuthError('step_required', 'The organization wants SSO.', {
  status: 403,
  retryAfter: 1_500,
  serverCode: 'sso_required',
  details: { step: 'sso_required', connectionIds: ['conn_1'], email: 'ada@example.com' },
})

const key = (): string => `contract-${crypto.randomUUID()}`

/** What every coordinator promises. */
export const coordinatorContract: readonly ContractCase<CoordinatorSubject>[] = [
  {
    name: 'runs the work once for all who ask together, wherever they are',
    async run({ create, pass, until }) {
      const coordinators = [await create(), await create(), await create()]
      const { state, work, succeed } = countedWork()
      const name = key()
      const calls = Array.from({ length: 60 }, (_, index) =>
        coordinators[index % 3]?.once(name, work),
      )
      await pass(MOMENT)
      succeed()
      const texts = await until(Promise.all(calls))
      equal(new Set(texts.map((result) => result?.text)).size, 1, 'different results')
      equal(texts[59]?.text, 'result 1', 'the result')
      equal(state.runs, 1, 'runs')
    },
  },
  {
    name: 'keeps keys apart',
    async run({ create, until }) {
      const coordinator = await create()
      const [one, two] = [key(), key()]
      const results = await until(
        Promise.all([
          coordinator.once(one, async () => 'one'),
          coordinator.once(two, async () => 'two'),
        ]),
      )
      equal(results.map(({ text }) => text).join(), 'one,two', 'results')
    },
  },
  {
    name: 'gives the result to those who come later, with the time at which its work began, and its age',
    async run({ create, pass, until, replay, delay }) {
      const [here, there] = [await create(), await create()]
      const { state, work, succeed } = countedWork()
      succeed()
      const name = key()
      const first = await until(here.once(name, work))
      await pass(replay / 4)
      for (const coordinator of [here, there]) {
        const later = await until(coordinator.once(name, work))
        equal(later.text, 'result 1', 'the result')
        const error = Math.abs(later.startedAt - first.startedAt)
        equal(error <= delay, true, `a startedAt that is ${error} ms wrong is near`)
        const { age = -1 } = later
        equal(age >= replay / 4 - delay, true, `an age of ${age} ms is that of the result`)
      }
      equal(first.age, undefined, 'the age for the one who works')
      equal(state.runs, 1, 'runs')
    },
  },
  {
    name: 'works anew when the time of the result is over',
    async run({ create, pass, until, replay }) {
      const [here, there] = [await create(), await create()]
      const { state, work, succeed } = countedWork()
      succeed()
      const name = key()
      await until(here.once(name, work))
      await until(there.once(name, work))
      await pass(replay + MOMENT)
      equal((await until(there.once(name, work))).text, 'result 2', 'the result')
      equal((await until(here.once(name, work))).text, 'result 2', 'the result')
      equal(state.runs, 2, 'runs')
    },
  },
  {
    name: 'lets a failure reach all who wait, with all that it tells, and keeps it not',
    async run({ create, pass, until }) {
      const [here, there] = [await create(), await create()]
      const { state, work, fail } = countedWork()
      const name = key()
      const failures = [here, there, here, there].map((coordinator) =>
        coordinator.once(name, work).then(
          () => 'fulfilled',
          (error) => fieldsOf(error),
        ),
      )
      await pass(MOMENT)
      fail(refusal)
      const told = await until(Promise.all(failures))
      equal([...new Set(told)].join(), fieldsOf(refusal), 'what they hear')
      equal(state.runs, 1, 'runs')
      for (const coordinator of [there, here]) {
        const { text } = await until(coordinator.once(name, async () => 'better now'))
        equal(text, 'better now', 'the next call')
      }
    },
  },
  {
    name: 'rejects with whatever the work throws, also at once',
    async run({ create, until }) {
      const coordinator = await create()
      const error = new TypeError('a bug')
      const thrown = await until(
        coordinator
          .once(key(), () => {
            throw error
          })
          .catch((reason: unknown) => reason),
      )
      equal(thrown, error, 'what is thrown')
    },
  },
  {
    name: 'remembers everywhere that a session has ended, for as long as told',
    async run({ create, pass, until }) {
      const [here, there] = [await create(), await create()]
      const [one, two] = [key(), key()]
      equal(await until(there.ended(one)), false, 'ended before')
      await until(here.end(one, 20 * MOMENT))
      equal(await until(here.ended(one)), true, 'ended here')
      equal(await until(there.ended(one)), true, 'ended elsewhere')
      equal(await until(there.ended(two)), false, 'another one ended')
      await pass(21 * MOMENT)
      equal(await until(here.ended(one)), false, 'ended after the time')
      equal(await until(there.ended(one)), false, 'ended elsewhere after the time')
    },
  },
  {
    name: 'knows everywhere when a name was ended last, and each end as later than the one before it',
    async run({ create, until }) {
      const [here, there] = [await create(), await create()]
      const [one, two] = [key(), key()]
      equal(await until(there.endedAt(one)), null, 'before')
      const times: number[] = []
      for (const coordinator of [here, there, here]) {
        await until(coordinator.end(one, 60_000, { everywhere: true }))
        times.push((await until(there.endedAt(one))) ?? 0)
      }
      const [first = 0, second = 0, third = 0] = times
      equal(0 < first && first < second && second < third, true, `${times.join(' < ')}`)
      equal(await until(there.endedAt(two)), null, 'another one')
    },
  },
  {
    name: 'tells those who watch of an end, wherever they are, and nobody else',
    async run({ create, pass, until }) {
      const [here, there] = [await create(), await create()]
      const [one, two] = [key(), key()]
      const told: string[] = []
      const note = (who: string) => () => void told.push(who)
      const early = await until(there.watch([two, one], note('stopped')))
      const stops = [
        await until(here.watch([one, two], note('here'))),
        await until(there.watch([one], note('there'))),
        await until(there.watch([key()], note('another'))),
      ]
      early()
      await until(here.end(one, 60_000))
      // Within a second.
      for (let step = 0; step < 20 && new Set(told).size < 2; step++) await pass(MOMENT)
      for (const stop of stops) stop()
      equal([...new Set(told)].sort().join(), 'here,there', 'who was told')
      // Nobody waits, so that nothing is asked any more.
      await pass(20 * MOMENT)
    },
  },
  {
    name: 'leaves a server alone everywhere after a failure, and says for how long and why',
    async run({ create, pass, until, delay }) {
      const [here, there] = [await create(), await create()]
      const name = key()
      equal((await until(there.pauses.admit(name, 1_000))).type, 'open', 'before')
      await until(here.pauses.pause(name, { error: refusal, failures: 3 }, 40 * MOMENT))
      await pass(MOMENT)
      for (const { pauses } of [here, there]) {
        const found = await until(pauses.admit(name, 1_000))
        if (found.type !== 'closed') throw new Error(`It is ${found.type}.`)
        equal(fieldsOf(found.error), fieldsOf(refusal), 'why')
        const fits = found.left > 0 && found.left <= 40 * MOMENT + delay
        equal(fits, true, `${found.left} ms left of ${40 * MOMENT}`)
      }
      equal((await until(there.pauses.admit(key(), 1_000))).type, 'open', 'another server')
    },
  },
  {
    name: 'lets one of all try a server when its pause is over, and another when that one takes too long',
    async run({ create, pass, until }) {
      const all = [await create(), await create(), await create()]
      const name = key()
      await until(Promise.resolve(all[0]?.pauses.pause(name, { error: refusal, failures: 3 }, 1)))
      const ask = async () => {
        const found = await until(
          Promise.all(all.map(({ pauses }) => pauses.admit(name, 40 * MOMENT))),
        )
        return found.map((admission) =>
          admission.type === 'probe' ? `probe ${admission.failures}` : admission.type,
        )
      }
      await pass(MOMENT)
      equal((await ask()).sort().join(), 'closed,closed,probe 3', 'who may')
      equal((await ask()).join(), 'closed,closed,closed', 'while one tries')
      await pass(41 * MOMENT)
      equal((await ask()).sort().join(), 'closed,closed,probe 3', 'after it took too long')
    },
  },
  {
    name: 'lets everybody ask a server again that one has had an answer of',
    async run({ create, pass, until }) {
      const [here, there] = [await create(), await create()]
      const name = key()
      await until(here.pauses.pause(name, { error: refusal, failures: 3 }, 1))
      await pass(MOMENT)
      equal((await until(there.pauses.admit(name, 20 * MOMENT))).type, 'probe', 'who tries')
      await until(there.pauses.resume(name))
      // Whoever found it closed meanwhile need not look before that time is over.
      await pass(21 * MOMENT)
      equal((await until(here.pauses.admit(name, 1_000))).type, 'open', 'here')
      equal((await until(there.pauses.admit(name, 1_000))).type, 'open', 'elsewhere')
    },
  },
  {
    name: 'refuses a time that is none',
    async run({ create, until }) {
      const coordinator = await create()
      for (const ttl of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        const error = await until(coordinator.end(key(), ttl).catch((reason: unknown) => reason))
        equal(isAuthError(error, 'invalid_argument'), true, `a ttl of ${ttl} is refused`)
      }
    },
  },
]
