import { createFakeBrowser, createManualClock } from '../../src/testing/index.js'
import { type Context, createContext } from './context.js'
import { type Asking, createJar, type Jar } from './jar.js'
import { createLedger, type Ledger } from './ledger.js'
import type { NetworkFault } from './network.js'
import type { Writes } from './storage.js'
import type { WorldTimeouts } from './timeouts.js'
import { createVerdict, type Verdict } from './verdict.js'
import { createWire, type ServerKind, type Wire } from './wire.js'

type FakeBrowser = ReturnType<typeof createFakeBrowser>
type FakeBrowserOptions = NonNullable<Parameters<typeof createFakeBrowser>[0]>

/** How contexts exclude each other: Web Locks, or a lease in storage with or without `update`. */
export type LockKind = 'web' | 'lease' | 'loose-lease'

/** What contexts find at their start, besides their storage. */
export type Start = 'nothing' | 'take-over' | 'resume'

/** What a world is made of. Times in ms. */
export interface WorldOptions {
  /** What the server is, which says what clients speak. */
  readonly rotation: ServerKind
  readonly lifetime: number
  /** `async` is like IndexedDB, `sync` like localStorage. */
  readonly storage: 'async' | 'sync'
  readonly lock: LockKind
  readonly autoRefresh: 'visible' | boolean
  /** How long a context does not see what others write, with `sync` storage. @default 0 */
  readonly lag?: number | undefined
  /** Whether each context is a host with a clock of its own, which share a database. @default 'one' */
  readonly clocks?: 'one' | 'many' | undefined
  /** What a context finds at its start besides its storage. @default 'nothing' */
  readonly start?: Start | undefined
  /** Of whom those ask that find their session in cookies. @default 'backend' */
  readonly asking?: Asking | undefined
  /** What befalls cookies on their way. */
  readonly cookies?: CookieChoices | undefined
  /** Whether the server takes seconds for each answer. @default false */
  readonly slow?: boolean | undefined
  /** When sessions end by themselves. @default never */
  readonly timeouts?: WorldTimeouts | undefined
  readonly seed: number
  readonly scheduler: (world: () => World) => NonNullable<FakeBrowserOptions['scheduler']>
  /** What the next request of a context meets. */
  readonly meet: (path: string) => NetworkFault
  /** Hears of everything that happens, in a column per context and one for the server. */
  readonly trace?: ((column: string, text: string) => void) | undefined
}

/** What befalls the cookies of answers. */
export interface CookieChoices {
  /** How long, in ms, the headers of an answer take to the browser. */
  travel(): number
  /** Whether they get lost, which so many of a hundred do. */
  lost(percent: number): boolean
}

/** A browser, a server, and a record of what really happened. */
export interface World {
  readonly options: WorldOptions
  readonly browser: FakeBrowser
  /** Its monotonic time is that of the world, which goes on while the device sleeps. */
  readonly clock: FakeBrowser['clock']
  readonly wire: Wire
  readonly ledger: Ledger
  /** The cookies of the browser, where they hold the session. */
  readonly jar: Jar | null
  readonly verdict: Verdict
  readonly contexts: Context[]
  /** Sessions that a person ended, in any context. */
  readonly signedOut: Set<string>
  /** Sessions that cookies hold and whose end storage has noted: monotonic time of the first note. */
  readonly noted: Map<string, number>
  /**
   * When storage was told of the end of each: more than once of one that was current again, because the page
   * of its sign-in was answered after a start in another tab had found it, and somebody had ended it.
   */
  readonly endedAt: Map<string, readonly number[]>
  /** Those whose end a start or a sign-in wrote over, as storage did not show it to that tab yet. */
  readonly overwritten: Set<string>
  /** Why the server was shown a rotated token of a session, as it was then; `null` if nothing explains it. */
  readonly reused: Map<string, string | null>
  /** Sessions that became some context's by a sign-in. */
  readonly established: Map<string, number>
  /** Sessions that came back to somebody who had signed out of them. */
  readonly returned: Set<string>
  /** Sessions that somebody lost without wishing it. */
  readonly lost: Set<string>
  /** Sessions that time ended. */
  readonly timedOut: Set<string>
  /** When somebody was at a tab, by the session that it held. */
  readonly uses: Map<string, readonly { readonly at: number; readonly by: string }[]>
  /** When the device's clock was set, in monotonic ms, and by how much. */
  readonly jumps: { readonly at: number; readonly by: number }[]
  readonly facts: Facts
  readonly writes: Writes
  /** Whether the server answers nobody. */
  down: boolean
  /** By how many ms the device's clock is ahead. */
  skew: number
  /** Whether the lock is not granted to anybody. */
  locksShut: boolean
  /** How the device is about to sleep; `null` while it is not. */
  nap: Nap | null
  /** Whether requests meet no more faults. */
  calm: boolean
  /** How many steps have been taken. */
  steps: number
  /** `late`: by how many ms the first reading of its storage is. */
  open(late?: number): Context
  /** Notes that a person ended a session. */
  signOut(session: string): void
  trace(column: string, text: string): void
}

/** A sleep of the device: nothing runs, also no answer that is on its way. */
export interface Nap {
  readonly ms: number
  /** Whether the monotonic clock counts it: browsers and systems differ. */
  readonly monotonic: 'stops' | 'continues'
}

/** What the faults so far excuse. */
export interface Facts {
  /** Why the lock cannot be relied on, once it cannot. */
  lockBroken: string | null
  /** The troubles that storage is in. */
  readonly troubles: Set<string>
  /** Monotonic time until which storage was in trouble; Infinity while it is. */
  storageTrouble: number
  /** Whether stored entries were deleted or damaged by hand, or written late. */
  storageDamaged: boolean
  /** Whether messages got lost. */
  deaf: boolean
  /**
   * Monotonic time of the last answer by which a start learnt of nobody, or nothing: those who wait for
   * the lock behind it cannot see that it had a turn.
   */
  untraced: number
  /** Monotonic time at which the device's clock last jumped. */
  clockJump: number
}

/** The addresses of the people of every world. */
export const PEOPLE = ['ada@example.com', 'bob@example.com'] as const
/** The storage key of every client. */
export const KEY = 'app'

/** By how many ms the clocks of hosts are ahead. */
const HOSTS = [0, 300_000, -300_000, 3_600_000, -3_600_000, 20_000, -20_000, 86_400_000] as const

function seeded(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 16_807) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Whether the lock of this world excludes others for sure, as long as nothing breaks it. */
const isAtomic = ({ lock, storage }: WorldOptions): boolean =>
  lock === 'web' || (lock === 'lease' && storage === 'async')

/** How many characters of a lineage's name come before the id of its session. */
const BEFORE_ID = 9

/** What of the pointer tells of ends. */
interface Ends {
  readonly id: string | null
  readonly ended: readonly string[]
  readonly left?: string
}

function noteEnds(
  { options, noted, endedAt, overwritten, signedOut, clock }: World,
  text: string,
): void {
  try {
    const { id, ended, left = '' }: Ends = JSON.parse(text)
    // A session may go on under another name: of its sign-in, where a start was faster than that.
    const current = id?.slice(BEFORE_ID) ?? ''
    const isUnseen = (at = Number.NEGATIVE_INFINITY): boolean =>
      clock.monotonic() <= at + (options.lag ?? 0)
    if (isUnseen(noted.get(current))) overwritten.add(current)
    noted.delete(current)
    for (const lineage of ended) {
      const session = lineage.slice(BEFORE_ID)
      // A sign-in that did not see the sign-out took the place of that session, as far as it knew.
      const replaced = id !== null && lineage !== left && signedOut.has(session)
      const ends = endedAt.get(session) ?? []
      if (replaced && isUnseen(ends.at(-1))) overwritten.add(session)
      if (session === current || noted.has(session)) continue
      noted.set(session, clock.monotonic())
      endedAt.set(session, [...ends, clock.monotonic()])
    }
  } catch {
    // Damaged by hand.
  }
}

/** Makes a world in which nobody is signed in and no context is open. */
export function createWorld(options: WorldOptions): World {
  const device = createManualClock({ settle: () => wire.settle() })
  const began = device.now()
  const clock = { ...device, monotonic: () => device.now() - began }
  const scheduler = options.scheduler(() => world)
  const browser = createFakeBrowser({ clock: device, scheduler, seed: options.seed })
  const { rotation, lifetime } = options
  const random = seeded(options.seed)
  const wire = createWire(rotation, { clock, lifetime, random, people: PEOPLE })
  const ledger = createLedger(clock)
  const { entries } = browser.storage
  const set = entries.set.bind(entries)
  entries.set = (key, text) => {
    ledger.stored(text, world.skew)
    if (world.jar && key === KEY) noteEnds(world, text)
    return set(key, text)
  }
  const world: World = {
    options,
    browser,
    clock,
    wire,
    ledger,
    jar: options.start === 'resume' ? createJar(() => world) : null,
    verdict: createVerdict(({ invariant, what }) =>
      world.trace('world', `BROKEN ${invariant}: ${what}`),
    ),
    contexts: [],
    signedOut: new Set(),
    noted: new Map(),
    endedAt: new Map(),
    overwritten: new Set(),
    reused: new Map(),
    established: new Map(),
    returned: new Set(),
    lost: new Set(),
    timedOut: new Set(),
    uses: new Map(),
    jumps: [],
    facts: {
      lockBroken: isAtomic(options) ? null : 'no atomic storage',
      troubles: new Set(),
      storageTrouble: -Infinity,
      storageDamaged: false,
      deaf: false,
      untraced: -Infinity,
      clockJump: -Infinity,
    },
    writes: new Map(),
    down: false,
    skew: 0,
    locksShut: false,
    nap: null,
    calm: false,
    steps: 0,
    trace: options.trace ?? (() => {}),
    signOut(session) {
      world.signedOut.add(session)
    },
    open(late = 0) {
      const { length } = world.contexts
      const ahead =
        options.clocks === 'many' ? (HOSTS[(options.seed + length) % HOSTS.length] ?? 0) : 0
      const context = createContext(world, `tab-${length + 1}`, { ahead, late })
      world.contexts.push(context)
      return context
    },
  }
  return world
}
