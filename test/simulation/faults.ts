import { type Choices, oneOf } from './choices.js'
import type { Context } from './context.js'
import { isSlow } from './stopped.js'
import { count } from './tally.js'
import type { World } from './world.js'

/** Something that goes wrong in a world; `null` when it cannot, or what it was. */
type WorldFault = (world: World, choices: Choices) => string | null

const running = (world: World): Context[] =>
  world.contexts.filter(({ status }) => status === 'running')
const live = (world: World): Context[] =>
  world.contexts.filter(({ status }) => status === 'running' || status === 'frozen')

const LOCK = 'holdfast:app'
/** No world has more contexts at a time. */
const MOST = 20

/** For how long, in ms, the storage of one tab may fail, as when WebKit has lost the connection to a database. */
const BLIND = [5_000, 15_000, 120_000] as const
/** How long, in ms, all others take to ask for the lock before it. */
const LAST = 50

const onOne =
  (name: string, act: (context: Context, world: World) => void): WorldFault =>
  (world, choices) => {
    const context = oneOf(choices, running(world))
    if (!context) return null
    act(context, world)
    return `${name} ${context.name}`
  }

/** Ends a context at once. */
export function crash(context: Context, world: World): void {
  context.status = 'crashed'
  context.tab.crash()
  const at = world.clock.monotonic()
  for (const sent of world.ledger.sent) {
    if (sent.by === context.name) sent.landedAt = Math.min(sent.landedAt, at)
  }
}

/** Stops a context: its calls do not count the time. */
export function freeze(context: Context, world: World): void {
  context.status = 'frozen'
  context.frozenAt = Number.POSITIVE_INFINITY
  context.tab.freeze()
  for (const call of context.calls) call.since -= world.clock.monotonic()
}

/** Lets a frozen context go on. */
export function thaw(context: Context, world: World): void {
  if (context.status !== 'frozen') return
  context.status = 'running'
  context.frozenAt = world.clock.monotonic()
  for (const call of context.calls) call.since += world.clock.monotonic()
  context.tab.thaw()
}

function hide(context: Context, { clock }: World): void {
  context.hiddenAt = Math.min(context.hiddenAt, clock.monotonic())
  context.tab.hide()
}

/** Shows a context: its calls do not count the time in which its timers came once a minute. */
function show(context: Context, world: World): void {
  const now = world.clock.monotonic()
  if (isSlow(world, context)) {
    context.slowAt = now
    for (const call of context.calls) call.since = now
  }
  context.hiddenAt = Number.POSITIVE_INFINITY
  context.tab.show()
}

/** Lets the device sleep, if it is about to: to what runs in it this is a moment. */
export async function sleep(world: World): Promise<void> {
  const { nap, clock } = world
  world.nap = null
  if (!nap) return
  const awake = world.contexts.filter(({ status }) => status !== 'frozen')
  const since = clock.monotonic()
  const stopped = clock.sleep(nap.ms, nap)
  const slept = clock.monotonic() - since
  for (const context of awake) {
    context.frozenAt = clock.monotonic()
    for (const call of context.calls) call.since += slept
  }
  await stopped
}

/** From now on storage is in one more trouble, or one less. */
function trouble(world: World, name: string, on: boolean): void {
  const { facts, clock } = world
  if (on) facts.troubles.add(name)
  else if (!facts.troubles.delete(name)) return
  // What waited or is being tried again goes on for a moment.
  facts.storageTrouble = facts.troubles.size > 0 ? Infinity : clock.monotonic() + 5_000
}

const storageFault =
  (name: string, act: (storage: World['browser']['storage'], on: boolean) => void): WorldFault =>
  (world, choices) => {
    const on = choices.pick(2) === 0
    act(world.browser.storage, on)
    trouble(world, name, on)
    return on ? name : null
  }

function damage({ facts, options }: World): void {
  facts.storageDamaged = true
  if (options.lock !== 'web') facts.lockBroken ??= 'lease deleted'
}

/** What can go wrong besides the network, by name. */
export const FAULTS = {
  crash: onOne('crash', crash),
  freeze: onOne('freeze', freeze),
  thaw: (world, choices) => {
    const context = oneOf(
      choices,
      world.contexts.filter(({ status }) => status === 'frozen'),
    )
    if (context) thaw(context, world)
    return null
  },
  sleep: (world, choices) => {
    const ms = oneOf(choices, [60_000, 600_000, 3_600_000, 28_800_000]) ?? 0
    world.nap = { ms, monotonic: choices.pick(2) === 0 ? 'stops' : 'continues' }
    return `sleep of ${ms / 1000} s, in which the monotonic clock ${world.nap.monotonic}`
  },
  hide: onOne('hide', hide),
  show: onOne('show', show),
  focus: onOne('focus', ({ tab }) => tab.focus()),
  offline: (world) => {
    for (const { tab } of live(world)) tab.goOffline()
    return 'offline'
  },
  online: (world) => {
    for (const { tab } of live(world)) tab.goOnline()
    return null
  },
  'lock stolen': (world) => {
    if (world.browser.locks.queue(LOCK).length === 0) return null
    world.facts.lockBroken ??= 'stolen'
    world.browser.locks.steal(LOCK)
    return 'lock stolen'
  },
  'lock never granted': (world, choices) => {
    const on = choices.pick(2) === 0
    if (on) world.facts.lockBroken ??= 'never granted'
    world.browser.locks.neverGrant(on)
    world.locksShut = on
    return on ? 'lock never granted' : null
  },
  'write fails': onOne('write fails', (context) => {
    context.failing += 2
  }),
  'late first read': (world, choices) => {
    // Like IndexedDB on a phone that starts; localStorage answers at once or not at all.
    if (world.options.storage === 'sync' || running(world).length >= MOST) return null
    const late = oneOf(choices, [1_500, 3_000, 9_000]) ?? 0
    return `${world.open(late).name} reads for the first time after ${late} ms`
  },
  'reads fail': (world, choices) => {
    const context = oneOf(choices, running(world))
    if (!context) return null
    context.blindUntil = world.clock.monotonic() + (oneOf(choices, BLIND) ?? 0)
    // A browser loses it when a device wakes, and then all have to do: this one asks last.
    const refresh = { type: 'refresh', refreshes: true } as const
    for (const other of running(world)) if (other !== context) other.do(refresh)
    world.clock.schedule(LAST, () => {
      if (context.status === 'running') context.do(refresh)
    })
    return `reads fail ${context.name}`
  },
  'storage full': storageFault('storage full', (storage, on) => storage.setQuotaExceeded(on)),
  'storage blocked': storageFault('storage blocked', (storage, on) => storage.block(on)),
  'reads hang': storageFault('reads hang', (storage, on) => storage.hangReads(on)),
  'writes hang': (world, choices) => {
    const on = choices.pick(2) === 0
    world.browser.storage.hangWrites(on)
    trouble(world, 'writes hang', on)
    if (on) world.facts.storageDamaged = true
    return on ? 'writes hang' : null
  },
  'messages lost': (world, choices) => {
    const on = choices.pick(2) === 0
    world.browser.bus.loseMessages(on)
    if (on) world.facts.deaf = true
    return on ? 'messages lost' : null
  },
  'storage deleted': (world) => {
    damage(world)
    world.writes.clear()
    world.browser.storage.clear()
    return 'storage deleted'
  },
  'storage corrupted': (world, choices) => {
    const { entries } = world.browser.storage
    const key = oneOf(choices, [...entries.keys()])
    if (key === undefined) return null
    damage(world)
    world.writes.delete(key)
    entries.set(key, '{"v":1,"id":7')
    return 'storage corrupted'
  },
  'cookies deleted': (world) => {
    world.jar?.set(null, 'cookies deleted')
    return world.jar && 'cookies deleted'
  },
  outage: (world, choices) => {
    world.down = choices.pick(3) < 2
    return world.down ? 'outage' : null
  },
  evicted: (world, choices) => {
    const session = oneOf(choices, world.wire.sessions())
    if (!session) return null
    world.ledger.ended.set(session.id, 'evicted')
    world.wire.endSession(session.id)
    return 'session evicted'
  },
  'clock set': (world, choices) => {
    const by = [60_000, -60_000, 3_600_000, -3_600_000, 86_400_000, -86_400_000]
    const jump = oneOf(choices, by) ?? 0
    world.skew += jump
    world.jumps.push({ at: world.clock.monotonic(), by: jump })
    world.facts.clockJump = world.clock.monotonic()
    for (const { tab, ahead } of world.contexts) tab.setClockSkew(world.skew + ahead)
    return 'clock set'
  },
} satisfies Record<string, WorldFault>

/** The name of a fault. */
export type FaultName = keyof typeof FAULTS

const ALL = Object.keys(FAULTS) as FaultName[]
const WITHOUT_COOKIES = ALL.filter((name) => name !== 'cookies deleted')
// Where cookies hold the session, a page that cannot read does not know for whom it asks.
const WITH_COOKIES = ALL.filter((name) => name !== 'reads fail')

/** What can go wrong in a world. */
export const faultsOf = ({ jar }: World): readonly FaultName[] =>
  jar ? WITH_COOKIES : WITHOUT_COOKIES

/** Lets a fault happen, and counts it. */
export function inflict(world: World, name: FaultName, choices: Choices): void {
  const what = FAULTS[name](world, choices)
  if (what === null) return
  count(world.verdict.tally, `fault ${name}`)
  world.trace('world', what)
}

/** Ends every fault that lasts, so that a world can come to rest. */
export function heal(world: World): void {
  const { storage, locks, bus } = world.browser
  locks.neverGrant(false)
  world.locksShut = false
  world.down = false
  storage.setQuotaExceeded(false)
  storage.block(false)
  storage.hangReads(false)
  storage.hangWrites(false)
  for (const name of [...world.facts.troubles]) trouble(world, name, false)
  bus.loseMessages(false)
  for (const context of live(world)) {
    context.failing = 0
    context.blindUntil = Number.NEGATIVE_INFINITY
    thaw(context, world)
    context.tab.goOnline()
    show(context, world)
  }
}
