import { type Choices, listedChoices, seededChoices } from './choices.js'
import { type HerdTally, type Pace, runHerd } from './herd.js'
import { randomRun } from './random.js'
import { choicesOf, choicesText, shrink } from './shrink.js'
import type { Failure } from './summary.js'
import { count, merge, type Tally } from './tally.js'
import { type Entry, timeline } from './timeline.js'
import type { Protocol } from './wire.js'

/** What the runner asks of a worker. */
export type Task =
  | {
      readonly type: 'run'
      readonly from: number
      readonly to: number
      readonly protocol: Protocol
    }
  | {
      readonly type: 'herd'
      readonly pace: Pace
      readonly clients: number
      readonly seed: number
    }
  | {
      readonly type: 'shrink'
      readonly seed: number
      readonly invariant: string
      readonly protocol: Protocol
    }
  | {
      readonly type: 'replay'
      readonly seed?: number
      readonly list?: string
      readonly all: boolean
      readonly protocol: Protocol
    }

/** A run that failed. */
export interface Found {
  readonly seed: number
  readonly invariant: Failure
  readonly what: string
}

/** One run drawn in full. */
export interface Drawn {
  readonly list: string
  readonly failed: { readonly invariant: Failure; readonly what: string } | null
  readonly timeline: string
}

/** What a worker says; `seed` comes before each run, so that the runner knows where one hangs. */
export type Reply =
  | { readonly type: 'seed'; readonly seed: number }
  | { readonly type: 'ran'; readonly tally: Tally; readonly found: readonly Found[] }
  | { readonly type: 'herded'; readonly herd: HerdTally }
  | { readonly type: 'shrunk'; readonly drawn: Drawn; readonly reruns: number }
  | { readonly type: 'replayed'; readonly drawn: Drawn }
  | { readonly type: 'refused'; readonly why: string }

interface Played {
  readonly tally: Tally
  readonly failed: Drawn['failed']
}

const LIMITS = { reruns: 1_500, ms: 30_000 }

const say = (reply: Reply): boolean => process.send?.(reply) ?? false

let stray: unknown = null
// Nobody catches it, so it belongs to the run that is going on.
process.on('unhandledRejection', (reason) => {
  stray ??= reason ?? new Error('rejected with nothing')
})

const threw = (error: unknown): NonNullable<Drawn['failed']> => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const [first = '', ...frames] = text.split('\n')
  return { invariant: 'threw', what: `${first}${frames[0] ? ` (${frames[0].trim()})` : ''}` }
}

async function play(
  choices: Choices,
  protocol: Protocol,
  trace?: (column: string, text: string) => void,
): Promise<Played> {
  stray = null
  try {
    const verdict = await randomRun(choices, trace, protocol)
    const failed = verdict.violation()
    return { tally: verdict.tally, failed: failed ?? (stray === null ? null : threw(stray)) }
  } catch (error) {
    trace?.('world', `THREW ${String(error)}`)
    return { tally: { runs: 1 }, failed: threw(error) }
  }
}

/** A number that two different lists hardly share. */
function fingerprint(list: readonly number[]): number {
  let hash = list.length
  for (const choice of list) hash = (Math.imul(hash, 31) + choice) | 0
  return hash
}

async function run(from: number, to: number, protocol: Protocol): Promise<void> {
  const tally: Tally = {}
  const found: Found[] = []
  const seen = new Set<number>()
  for (let seed = from; seed < to; seed++) {
    say({ type: 'seed', seed })
    const choices = seededChoices(seed)
    const { tally: more, failed } = await play(choices, protocol)
    merge(tally, more)
    seen.add(fingerprint(choices.made))
    count(tally, 'choices', choices.made.length)
    count(tally, 'choices untamed', choices.made.filter((choice) => choice > 0).length)
    if (!failed) continue
    count(tally, `violation ${failed.invariant}`)
    found.push({ seed, ...failed })
  }
  count(tally, 'different runs', seen.size)
  say({ type: 'ran', tally, found })
}

async function draw(choices: Choices, protocol: Protocol, rows?: number): Promise<Drawn> {
  const entries: Entry[] = []
  const { failed } = await play(choices, protocol, (column, text) => entries.push({ column, text }))
  const options = rows === undefined ? {} : { rows }
  return { list: choicesText(choices.made), failed, timeline: timeline(entries, options) }
}

async function shrinkSeed(seed: number, invariant: string, protocol: Protocol): Promise<void> {
  const choices = seededChoices(seed)
  await play(choices, protocol)
  const { list, reruns } = await shrink(
    choices.made,
    async (made) => (await play(listedChoices(made), protocol)).failed?.invariant === invariant,
    LIMITS,
  )
  const drawn = await draw(listedChoices(list), protocol)
  say({ type: 'shrunk', reruns, drawn: { ...drawn, list: choicesText(list) } })
}

async function answer(task: Task): Promise<void> {
  if (task.type === 'run') return run(task.from, task.to, task.protocol)
  if (task.type === 'shrink') return shrinkSeed(task.seed, task.invariant, task.protocol)
  if (task.type === 'herd') {
    say({ type: 'herded', herd: runHerd(task.pace, task.clients, task.seed) })
    return
  }
  const { seed, list, all, protocol } = task
  const choices = list === undefined ? seededChoices(seed ?? 1) : listedChoices(choicesOf(list))
  say({
    type: 'replayed',
    drawn: await draw(choices, protocol, all ? Number.POSITIVE_INFINITY : undefined),
  })
}

process.on('message', (task: Task) => {
  answer(task).catch((error: unknown) =>
    say({ type: 'refused', why: error instanceof Error ? error.message : String(error) }),
  )
})
// Whoever started this process may be gone: then there is nobody to work for.
process.on('disconnect', () => process.exit())
