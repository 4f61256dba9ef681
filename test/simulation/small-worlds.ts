import type { Bounds } from './explore.js'
import { SMALL_FAULTS } from './small-faults.js'
import type { SmallWorld } from './small-world.js'
import type { Act } from './stage.js'

/** Small worlds of one kind, and how far each of them is explored. */
export interface Family {
  readonly name: string
  readonly bounds: Bounds
  readonly worlds: readonly SmallWorld[]
}

const ACTS: readonly Act[] = [
  'get',
  'refresh',
  'foreign',
  'signIn',
  'signOut',
  'dispose',
  'start',
  'show',
]

type Script = readonly Act[]

const single = (acts: readonly Act[]): Script[] => acts.map((act) => [act])

/** Each set of two or three of the scripts; who does which makes no difference. */
const pairs = (scripts: readonly Script[]): Script[][] =>
  scripts.flatMap((one, i) => scripts.slice(i).map((two) => [one, two]))
const triples = (scripts: readonly Script[]): Script[][] =>
  scripts.flatMap((one, i) => pairs(scripts.slice(i)).map((two) => [one, ...two]))

/** Scripts of two acts against scripts of one or two. */
const doubles = (acts: readonly Act[]): Script[] =>
  acts.flatMap((one) => acts.map((two): Script => [one, two]))

const PLAIN = {
  storage: 'async',
  lock: 'web',
  rotation: 'strict',
  faults: [],
  times: 0,
  prompt: true,
} as const

const worldsOf = (
  scripts: readonly (readonly Script[])[],
  more: Partial<SmallWorld> = {},
): SmallWorld[] => scripts.map((script) => ({ ...PLAIN, ...more, scripts: script }))

const within = (deviations: number): Bounds => ({ runs: 30_000, deviations })

/** What people do most, and what ends or changes a session. */
const MAIN: readonly Act[] = ['get', 'refresh', 'signIn', 'signOut']

/** Those, and a context that comes or goes. */
const USUAL: readonly Act[] = [...MAIN, 'start', 'dispose']

const FEW: readonly Act[] = ['get', 'refresh', 'signOut']

/** One of each kind that the client can tell from the others. */
const DISTINCT = SMALL_FAULTS.filter(
  (fault) => !['hang', 'hang-after', 'page', 'garbage'].includes(fault),
)

/** The faults that involve more than one context. */
const WORST = ['crash', 'freeze', 'lock never granted', 'message lost', 'lose-answer'] as const

/** What makes a server refuse a token that somebody else has traded, and what other servers say otherwise. */
const OF_REFUSALS = [
  'crash',
  'freeze',
  'lock stolen',
  'lock never granted',
  'write fails',
  'lose-answer',
  'drop',
  'status 503',
  'status 418',
  'page',
] as const

/** All small worlds that every CI run explores. */
export const FAMILIES: readonly Family[] = [
  {
    name: 'IndexedDB, two contexts, one call each',
    bounds: within(4),
    worlds: worldsOf(pairs(single(ACTS))),
  },
  {
    name: 'IndexedDB, two contexts, one call each, one fault',
    bounds: within(2),
    worlds: worldsOf(pairs(single(USUAL)), { faults: SMALL_FAULTS, times: 1 }),
  },
  {
    name: 'IndexedDB, two contexts, one call each, every answer late',
    bounds: within(3),
    worlds: worldsOf(pairs(single(MAIN)), { prompt: false }),
  },
  {
    name: 'IndexedDB without Web Locks, two contexts, one call each',
    bounds: within(4),
    worlds: worldsOf(pairs(single(MAIN)), { lock: 'lease' }),
  },
  {
    name: 'localStorage, two contexts, one call each, two faults',
    bounds: within(2),
    worlds: worldsOf(
      pairs(single(FEW)).filter((scripts) => scripts.some(([act]) => act === 'refresh')),
      { storage: 'sync', faults: DISTINCT, times: 2 },
    ),
  },
  {
    name: 'localStorage that shows others’ writes later, two contexts, one call each',
    bounds: within(3),
    worlds: worldsOf(pairs(single(USUAL)), { storage: 'sync', lag: 50 }),
  },
  {
    name: 'localStorage, two contexts, two calls against one',
    bounds: within(2),
    worlds: worldsOf(
      doubles(MAIN).flatMap((two) => single(USUAL).map((one) => [two, one])),
      { storage: 'sync' },
    ),
  },
  {
    name: 'localStorage, three contexts, one call each, one fault',
    bounds: within(2),
    worlds: worldsOf(triples(single(FEW)), { storage: 'sync', faults: WORST, times: 1 }),
  },
  {
    name: 'IndexedDB, three contexts, one call each, GoTrue’s own rotation',
    bounds: within(2),
    worlds: worldsOf(triples(single(MAIN)), { rotation: 'v1' }),
  },
  {
    name: 'OpenID Connect, localStorage, two contexts, one call each, one fault',
    bounds: within(2),
    worlds: worldsOf(
      pairs(single(FEW)).filter((scripts) => scripts.some(([act]) => act === 'refresh')),
      { rotation: 'loser', storage: 'sync', faults: OF_REFUSALS, times: 1 },
    ),
  },
]
