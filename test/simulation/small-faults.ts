import type { Context } from './context.js'
import { crash, freeze } from './faults.js'
import { NETWORK_FAULTS, type NetworkFault } from './network.js'
import { LOCK, type Stage } from './stage.js'

/** What may go wrong in a small world, at any moment at which it can. */
export const SMALL_FAULTS = [
  'crash',
  'freeze',
  'lock never granted',
  'lock stolen',
  'write fails',
  'reads hang',
  'message lost',
  'evicted',
  'clock set',
  ...NETWORK_FAULTS,
] as const

/** The name of such a fault. */
export type SmallFault = (typeof SMALL_FAULTS)[number]

/** One way in which a fault can happen now. */
export interface Blow {
  /** Whom it hits. */
  readonly what: string
  readonly strike: () => void
}

const DAY = 86_400_000
const isNetwork = (fault: SmallFault): fault is (typeof NETWORK_FAULTS)[number] =>
  NETWORK_FAULTS.some((name) => name === fault)

const stepsOf = ({ waiting }: Stage, kind: string) =>
  waiting.filter(({ step }) => step.kind === kind)

function onNetwork(stage: Stage, fault: NetworkFault): Blow[] {
  return stepsOf(stage, 'fetch').map((entry) => ({
    what: entry.step.tab,
    strike: () => stage.fire(entry, fault),
  }))
}

function onContexts(stage: Stage, strike: (context: Context) => void): Blow[] {
  const running = stage.contexts.filter((context) => context?.status === 'running')
  return running.flatMap((context) =>
    context ? [{ what: context.name, strike: () => strike(context) }] : [],
  )
}

function onLock(stage: Stage, fault: SmallFault): Blow[] {
  const { browser, facts } = stage.world
  const strike = (): void => {
    facts.lockBroken ??= fault
    if (fault === 'lock stolen') browser.locks.steal(LOCK)
    else browser.locks.neverGrant(true)
  }
  const free = browser.locks.queue(LOCK).length === 0
  return fault === 'lock stolen' && free ? [] : [{ what: '', strike }]
}

function onReads({ world }: Stage): Blow[] {
  const strike = (): void => {
    world.facts.troubles.add('reads hang')
    world.facts.storageTrouble = Number.POSITIVE_INFINITY
    world.browser.storage.hangReads(true)
  }
  return [{ what: '', strike }]
}

function onClock({ world }: Stage): Blow[] {
  return [DAY, -DAY].map((by) => ({
    what: String(by),
    strike: () => {
      world.skew += by
      world.facts.clockJump = world.clock.monotonic()
      for (const { tab, ahead } of world.contexts) tab.setClockSkew(world.skew + ahead)
    },
  }))
}

function onSessions({ world }: Stage): Blow[] {
  return world.wire.sessions().map(({ id }) => ({
    what: id.slice(0, 4),
    strike: () => {
      world.ledger.ended.set(id, 'evicted')
      world.wire.endSession(id)
    },
  }))
}

/** All ways in which a fault can happen now. */
export function blows(stage: Stage, fault: SmallFault): Blow[] {
  if (isNetwork(fault)) return onNetwork(stage, fault)
  switch (fault) {
    case 'crash':
      return onContexts(stage, (context) => crash(context, stage.world))
    case 'freeze':
      return onContexts(stage, (context) => freeze(context, stage.world))
    case 'write fails':
      return onContexts(stage, (context) => {
        context.failing += 2
      })
    case 'message lost':
      return stepsOf(stage, 'channel.hint').map((entry) => ({
        what: entry.step.tab,
        strike: () => stage.drop(entry),
      }))
    case 'lock stolen':
    case 'lock never granted':
      return onLock(stage, fault)
    case 'reads hang':
      return onReads(stage)
    case 'clock set':
      return onClock(stage)
    case 'evicted':
      return onSessions(stage)
  }
}
