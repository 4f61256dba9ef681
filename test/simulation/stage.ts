import type { Step } from '../../src/testing/index.js'
import type { Context } from './context.js'
import { mix } from './hash.js'
import type { NetworkFault } from './network.js'
import type { ServerKind } from './wire.js'
import { createWorld, type LockKind, PEOPLE, type World } from './world.js'

/** What a context of a small world does. `start` opens it, which the others do before. */
export type Act =
  | 'get'
  | 'refresh'
  | 'foreign'
  | 'signIn'
  | 'signOut'
  | 'dispose'
  | 'start'
  /** The page becomes visible, and refreshes by itself. */
  | 'show'

/** How a small world is furnished. */
export interface Furniture {
  /** What each context does, one after the other. */
  readonly scripts: readonly (readonly Act[])[]
  readonly storage: 'async' | 'sync'
  readonly lock: LockKind
  readonly rotation: ServerKind
  /** How long a context does not see what others write, in ms; with `sync` storage. @default 0 */
  readonly lag?: number | undefined
}

/** A step that waits to be taken. */
export interface Waiting {
  readonly step: Step
  readonly go: () => void
}

/** A world whose every step waits until it is taken. */
export interface Stage {
  readonly world: World
  /** `null` until a context that starts later has started. */
  readonly contexts: (Context | null)[]
  readonly waiting: Waiting[]
  /** Notes something that happens to a context beside its steps, at this place among them. */
  note(context: string, what: string): void
  /** Notes something that happens to the world, in the state that it is in. */
  mark(what: string): void
  /** Takes a step; a request meets `fault`. */
  fire(entry: Waiting, fault?: NetworkFault): void
  /** The step never happens. */
  drop(entry: Waiting): void
  /**
   * A number that is the same only if the world goes on in the same way: it is made of what each
   * context was told and in which order, of what waits, and of storage, lock, time and server.
   */
  state(): number
  /** From now on every step is taken at once. */
  release(): void
}

/** Steps of one name are as good as each other. */
export const nameOf = ({ step: { tab, kind, detail = '' } }: Waiting): string =>
  `${tab} ${kind} ${detail}`

/** The name under which the lock of every world is known. */
export const LOCK = 'holdfast:app'
const LIFETIME = 3_600_000

/** Signs somebody in and opens all contexts but those that start later; their token has died. */
async function furnish(world: World, { scripts }: Furniture): Promise<(Context | null)[]> {
  const first = world.open()
  first.do({ type: 'signIn', email: PEOPLE[0] })
  await world.clock.advance(200)
  const contexts = scripts.map((script, index) => {
    if (script[0] === 'start') return null
    return index === 0 ? first : world.open()
  })
  if (contexts[0] === null) first.do({ type: 'dispose' })
  await world.wire.settle()
  // Hidden pages do not refresh by themselves.
  for (const { tab } of world.contexts) tab.hide()
  await world.clock.advance(LIFETIME)
  return contexts
}

/** Sets the stage of one run. */
export async function createStage(
  furniture: Furniture,
  trace: World['trace'] | undefined,
): Promise<Stage> {
  const waiting: Waiting[] = []
  const histories = new Map<string, number>()
  let free = true
  let next: NetworkFault = 'none'
  const world = createWorld({
    ...furniture,
    lifetime: LIFETIME,
    autoRefresh: 'visible',
    seed: 1,
    scheduler: () => (step) =>
      free ? Promise.resolve() : new Promise((go) => waiting.push({ step, go })),
    meet: () => {
      const fault = next
      next = 'none'
      return fault
    },
    trace,
  })
  const { browser, clock, ledger } = world
  const { entries } = browser.storage
  const contexts = await furnish(world, furniture)
  free = false

  const note: Stage['note'] = (who, what) => {
    histories.set(who, mix(histories.get(who) ?? 0, what))
  }
  const drop: Stage['drop'] = (entry) => void waiting.splice(waiting.indexOf(entry), 1)

  function state(): number {
    let hash = mix(0, `${browser.locks.queue(LOCK)} ${clock.monotonic()} ${ledger.sent.length}`)
    for (const [who, history] of [...histories].sort()) hash = mix(hash, `${who} ${history}`)
    for (const [key, text] of [...entries].sort()) hash = mix(hash, `${key} ${text}`)
    // Who sees which write depends on when it was made, and by whom.
    for (const [key, list] of world.writes) {
      for (const { by, at } of list) hash = mix(hash, `${key} ${by} ${at}`)
    }
    for (const name of waiting.map(nameOf).sort()) hash = mix(hash, name)
    return hash
  }

  return {
    world,
    contexts,
    waiting,
    note,
    drop,
    state,
    mark: (what) => note('world', `${what} ${state()}`),
    fire(entry, fault = 'none') {
      drop(entry)
      const { tab, kind, detail = '' } = entry.step
      // What the context will learn from this step is what lies there now.
      const seen = kind.startsWith('storage.') ? (entries.get(detail) ?? '') : ''
      note(tab, `${kind} ${detail} ${seen}`)
      if (kind === 'fetch') note('server', `${tab} ${fault}`)
      next = fault
      world.trace(tab, `${kind} ${detail}`)
      entry.go()
    },
    release() {
      free = true
      for (const { go } of waiting.splice(0)) go()
    },
  }
}
