import type { Operation } from './calls.js'
import { type Choices, chance, oneOf, weigh } from './choices.js'
import type { Context } from './context.js'
import { faultsOf, inflict, sleep } from './faults.js'
import type { Asking } from './jar.js'
import { latency, MESSAGE } from './latency.js'
import type { NetworkFault } from './network.js'
import { foreignToken, leaveBehind, signInByPage } from './people.js'
import { checkWaiting, rest } from './rest.js'
import { count } from './tally.js'
import { use } from './timeouts.js'
import type { Verdict } from './verdict.js'
import { type Protocol, protocolOf, type ServerKind } from './wire.js'
import { createWorld, type LockKind, PEOPLE, type Start, type World } from './world.js'

const SECOND = 1_000
const HOUR = 3_600 * SECOND

/** What a random world is like, before anything happens in it. */
interface Climate {
  readonly contexts: number
  readonly actions: number
  /** Of a hundred requests, how many meet a fault; and of a hundred actions, how many are one. */
  readonly networkFaults: number
  readonly faults: number
}

const NETWORK: readonly (readonly [number, NetworkFault])[] = [
  [3, 'drop'],
  [4, 'lose-answer'],
  [1, 'hang'],
  [1, 'hang-after'],
  [3, 'status 503'],
  [2, 'status 429'],
  [1, 'status 418'],
  [1, 'page'],
  [1, 'garbage'],
]

const ASKING: readonly (readonly [number, Asking])[] = [
  [1, 'backend'],
  [1, 'refresh'],
]

/** Where cookies hold the session, what a failed sign-out leaves comes back at the next start. */
const LOGOUT = '/logout?scope=local'

/** `everybody`: all tabs are told of something, such as new roles, and call refreshSession() at once. */
const OPERATIONS: readonly (readonly [number, Operation['type'] | 'open' | 'everybody'])[] = [
  [34, 'get'],
  [22, 'refresh'],
  [8, 'foreign'],
  [8, 'signIn'],
  [5, 'signOut'],
  [4, 'dispose'],
  [10, 'open'],
  [4, 'everybody'],
]

const running = (world: World): Context[] =>
  world.contexts.filter(({ status }) => status === 'running')

async function operate(world: World, choices: Choices, most: number): Promise<void> {
  const user = world.options.timeouts && chance(choices, 40) && oneOf(choices, running(world))
  if (user) return use(world, user)
  const type = weigh(choices, OPERATIONS)
  if (type === 'open') {
    if (running(world).length < most) world.open()
    return
  }
  if (type === 'everybody') {
    for (const context of running(world)) context.do({ type: 'refresh', refreshes: true })
    return
  }
  const context = oneOf(choices, running(world))
  if (!context) return
  const email = oneOf(choices, PEOPLE) ?? PEOPLE[0]
  if (type === 'dispose' && running(world).length < 2) return
  if (type === 'refresh') context.do({ type, refreshes: true })
  else if (type === 'signIn') context.do({ type, email })
  else if (type === 'foreign' && world.jar) {
    // Where cookies hold the session, people sign in on a page of the server, which leads back here.
    await signInByPage(world, email)
    if (chance(choices, 40)) world.open()
  } else if (type === 'foreign') {
    const token = await foreignToken(world, email)
    const makeCurrent = chance(choices, 40)
    if (token) context.do({ type, token, makeCurrent, refreshes: true })
  } else context.do({ type })
}

const SERVERS: Readonly<Record<Protocol, readonly (readonly [number, ServerKind])[]>> = {
  gotrue: [
    [3, 'v1'],
    [2, 'v2'],
    [3, 'strict'],
  ],
  oidc: [
    [3, 'family'],
    [2, 'grace'],
    [3, 'keycloak'],
    [2, 'loser'],
    [2, 'refusing'],
    [1, 'renewing'],
  ],
}

const CONTEXTS: readonly (readonly [number, number])[] = [
  [4, 2],
  [2, 1],
  [3, 3],
  [3, 5],
  [2, 8],
  [1, 20],
]

/** Where the server is slow, a line for the lock is long. */
const CROWD: typeof CONTEXTS = [
  [1, 2],
  [2, 8],
  [2, 12],
  [1, 20],
]

function drawWorld(
  choices: Choices,
  protocol: Protocol,
  trace: World['trace'] | undefined,
): [World, Climate] {
  const rotation = weigh(choices, SERVERS[protocol])
  const lifetime = weigh(choices, [
    [4, HOUR],
    [2, 5 * SECOND],
    [2, 60 * SECOND],
    [2, 600 * SECOND],
    [1, 24 * HOUR],
  ])
  const storage = weigh<'async' | 'sync'>(choices, [
    [3, 'async'],
    [2, 'sync'],
  ])
  const lock = weigh<LockKind>(choices, [
    [8, 'web'],
    [2, 'lease'],
    [1, 'loose-lease'],
  ])
  const lag =
    storage === 'sync'
      ? weigh(choices, [
          [2, 0],
          [1, 50],
          [1, 400],
        ])
      : 0
  const clocks =
    storage === 'async'
      ? weigh<'one' | 'many'>(choices, [
          [4, 'one'],
          [1, 'many'],
        ])
      : 'one'
  const start = weigh<Start>(choices, [
    [6, 'nothing'],
    [2, 'take-over'],
    // Hosts that share a database have no cookies of one browser.
    ...(clocks === 'one' && protocol === 'gotrue' ? [[3, 'resume'] as const] : []),
  ])
  const asking = start === 'resume' ? weigh<Asking>(choices, ASKING) : undefined
  const autoRefresh = weigh<'visible' | boolean>(choices, [
    [3, 'visible'],
    [1, true],
    [1, false],
  ])
  const rough = weigh(choices, [
    [3, 0],
    [3, 1],
    [2, 3],
  ])
  const slow = chance(choices, 10)
  const climate: Climate = {
    contexts: weigh(choices, slow ? CROWD : CONTEXTS),
    actions: weigh(choices, [
      [3, 8],
      [3, 16],
      [1, 32],
    ]),
    networkFaults: 12 * rough,
    faults: 12 * rough,
  }
  const idle = weigh(choices, [
    [8, Infinity],
    [1, 30 * SECOND],
    [1, 600 * SECOND],
    [1, 2 * HOUR],
  ])
  const absolute = weigh(choices, [
    [8, Infinity],
    [1, 300 * SECOND],
    [1, 4 * HOUR],
  ])
  // Hosts have nobody who sits before them, and where cookies hold the session, the server knows its end.
  const isTimed = clocks === 'one' && start !== 'resume' && Math.min(idle, absolute) < Infinity
  const world = createWorld({
    timeouts: isTimed ? { idle, absolute } : undefined,
    rotation,
    slow,
    lifetime,
    storage,
    lock,
    autoRefresh,
    lag,
    clocks,
    start,
    asking,
    cookies: {
      travel: () => oneOf(choices, MESSAGE) ?? 0,
      lost: (percent) => chance(choices, percent),
    },
    seed: choices.pick(1_000_000),
    scheduler: (world) => latency(world, choices),
    meet(path) {
      const mayFail = world.wire.isFragile(path) || (start === 'resume' && path === LOGOUT)
      if (world.calm || !mayFail) return 'none'
      if (world.down) return 'status 503'
      return chance(choices, climate.networkFaults) ? weigh(choices, NETWORK) : 'none'
    },
    trace,
  })
  return [world, climate]
}

/** After so many steps of storage, lock and network nothing new is to be seen of what goes on. */
const MANY_STEPS = 100_000

/** Whether something is being tried again and again: hours of it would show no more than minutes. */
const isBusy = ({ facts, locksShut, steps }: World): boolean =>
  facts.troubles.size > 0 || locksShut || steps > MANY_STEPS

/** How long it is until the next thing happens, in ms. */
export const gap = (world: World, choices: Choices): number =>
  Math.min(isBusy(world) ? 60 * SECOND : Infinity, drawGap(world, choices))

const drawGap = (world: World, choices: Choices): number =>
  weigh(choices, [
    [5, 0],
    [3, choices.pick(200)],
    [2, choices.pick(30) * SECOND],
    [3, Math.round((world.options.lifetime * (1 + choices.pick(12))) / 10)],
  ])

/** One random world, from its first sign-in to its rest. */
export async function randomRun(
  choices: Choices,
  trace?: (column: string, text: string) => void,
  protocol: Protocol = 'gotrue',
): Promise<Verdict> {
  const [world, climate] = drawWorld(choices, protocol, trace)
  const { verdict, clock } = world
  const { rotation, lifetime, storage, lock, lag, clocks, start } = world.options
  const about = [rotation, `${lifetime / SECOND} s`, storage, lock, `lag ${lag}`, clocks, start]
  world.trace('world', `a world of: ${about.join(', ')}`)
  const names = faultsOf(world)
  if (world.options.start === 'take-over') {
    await leaveBehind(world, PEOPLE[0])
    world.open()
  } else if (world.jar && chance(choices, 50)) {
    await signInByPage(world, PEOPLE[0])
    world.open()
  } else world.open().do({ type: 'signIn', email: PEOPLE[0] })
  for (let i = 1; i < climate.contexts; i++) world.open()
  await clock.advance(5 * SECOND)
  for (let i = 0; i < climate.actions && !verdict.violation(); i++) {
    if (chance(choices, climate.faults))
      inflict(world, names[choices.pick(names.length)] ?? 'crash', choices)
    else await operate(world, choices, climate.contexts)
    await sleep(world)
    await clock.advance(gap(world, choices))
    checkWaiting(world)
  }
  await clock.advance(5 * SECOND)
  if (!verdict.violation()) await rest(world)
  report(world)
  return verdict
}

/** The figures of one world. */
function report({ verdict: { tally }, ledger, options, clock, contexts, steps }: World): void {
  count(tally, 'runs')
  count(tally, `runs ${options.rotation}`)
  count(tally, `protocol ${protocolOf(options.rotation)}`)
  count(tally, `lock ${options.lock}`)
  count(tally, `clocks ${options.clocks}`)
  count(tally, `start ${options.start}`)
  if (options.timeouts) count(tally, 'timed')
  if (options.slow) count(tally, 'slow')
  if (options.asking) count(tally, `asking ${options.asking}`)
  if (steps > MANY_STEPS) count(tally, 'hurried')
  count(tally, 'contexts', contexts.length)
  count(tally, 'simulated ms', clock.monotonic())
  count(tally, 'refreshes sent', ledger.sent.length)
  count(tally, 'refreshes needed', new Set(ledger.sent.map(({ token }) => token)).size)
}
