import type { Operation } from './calls.js'
import type { Steering } from './explore.js'
import { thaw } from './faults.js'
import { foreignToken } from './people.js'
import { checkWaiting, rest } from './rest.js'
import { blows, type SmallFault } from './small-faults.js'
import { type Act, createStage, type Furniture, nameOf, type Stage, type Waiting } from './stage.js'
import { count } from './tally.js'
import type { Verdict } from './verdict.js'
import { PEOPLE, type World } from './world.js'

/** A small world: all of its interleavings are to be seen. */
export interface SmallWorld extends Furniture {
  /** What may go wrong, so many times, at any moment at which it can. */
  readonly faults: readonly SmallFault[]
  readonly times: number
  /** Whether answers of storage and lock arrive at once: most of their delays change nothing. */
  readonly prompt: boolean
}

/** One thing that can happen next. */
interface Option {
  readonly name: string
  readonly take: () => void | Promise<void>
}

/** How long a world goes on after its last step, in ms: longer than any wait for the lock. */
const HORIZON = 45_000

async function toOperation(world: World, act: Exclude<Act, 'show'>): Promise<Operation> {
  switch (act) {
    case 'refresh':
      return { type: act, refreshes: true }
    case 'signIn':
      return { type: act, email: PEOPLE[1] }
    case 'foreign': {
      const token = (await foreignToken(world, PEOPLE[1])) ?? ''
      return { type: act, token, makeCurrent: true, refreshes: true }
    }
    case 'start':
      return { type: 'get' }
    default:
      return { type: act }
  }
}

/** Lets a context do something of its script. */
async function begin({ world, contexts }: Stage, index: number, act: Act): Promise<void> {
  if (act === 'start') contexts[index] = world.open()
  const context = contexts[index]
  if (context?.status !== 'running') return
  if (act === 'show') context.tab.show()
  else context.do(await toOperation(world, act))
}

/** Everything that can happen next, in an order that is the same for the same history. */
function createOptions(small: SmallWorld, stage: Stage): () => Option[] {
  const { world, waiting } = stage
  const started = small.scripts.map(() => 0)
  let used = 0

  const steps = (): Option[] => {
    // Of steps that look the same, one is as good as the other.
    const distinct = new Map<string, Waiting>()
    for (const entry of waiting) {
      const name = nameOf(entry)
      if (!distinct.has(name)) distinct.set(name, entry)
    }
    return [...distinct].map(([name, entry]) => ({ name, take: () => stage.fire(entry) }))
  }
  const acts = (): Option[] =>
    small.scripts.flatMap((script, index) => {
      const act = script[started[index] ?? 0]
      if (!act) return []
      const take = (): Promise<void> => {
        started[index] = (started[index] ?? 0) + 1
        // Where it comes among the steps of its tab makes a difference.
        stage.note(stage.contexts[index]?.name ?? `script ${index}`, `act ${act}`)
        return begin(stage, index, act)
      }
      return [{ name: `${index} ${act}`, take }]
    })
  const thaws = (): Option[] =>
    world.contexts
      .filter(({ status }) => status === 'frozen')
      .map((context) => {
        const take = (): void => {
          // Whatever happens must show in the state, or a run would take itself for a known one.
          stage.mark(`thaw ${context.name}`)
          thaw(context, world)
        }
        return { name: `thaw ${context.name}`, take }
      })
  const faults = (): Option[] =>
    used >= small.times
      ? []
      : small.faults.flatMap((fault) =>
          blows(stage, fault).map(({ what, strike }) => {
            const take = (): void => {
              used++
              stage.mark(`${fault} ${what}`)
              count(world.verdict.tally, `fault ${fault}`)
              world.trace('world', `${fault} ${what}`)
              strike()
            }
            return { name: `${fault} ${what}`, take }
          }),
        )
  return () => {
    const list = [...steps(), ...acts(), ...thaws()]
    // The world must be able to come to its end without a fault.
    return list.length > 0 ? [...list, ...faults()] : list
  }
}

const isPrompt = ({ step }: Waiting): boolean =>
  step.kind.endsWith(':answer') && !step.kind.startsWith('fetch')

/** Runs one interleaving of a small world; `null` when it came to a state that is known. */
export async function smallRun(
  small: SmallWorld,
  steering: Steering,
  trace?: World['trace'],
): Promise<Verdict | null> {
  const stage = await createStage(small, trace)
  const { world, waiting } = stage
  const { clock, verdict } = world
  const options = createOptions(small, stage)
  const end = clock.monotonic() + HORIZON
  while (!verdict.violation()) {
    await world.wire.settle()
    const prompt = small.prompt ? waiting.find(isPrompt) : undefined
    if (prompt) {
      stage.fire(prompt)
      continue
    }
    const list = options()
    if (list.length > 0) {
      if (steering.known(stage.state())) return null
      await list[list.length > 1 ? steering.pick(list.length) : 0]?.take()
    } else if (clock.monotonic() + clock.untilNext() <= end) {
      await clock.advance(clock.untilNext())
      checkWaiting(world)
    } else break
  }
  stage.release()
  if (!verdict.violation()) await rest(world)
  return verdict
}
