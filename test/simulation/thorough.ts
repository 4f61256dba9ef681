import type { Operation } from './calls.js'
import { FAULTS, type FaultName } from './faults.js'
import type { Asking } from './jar.js'
import { NETWORK_FAULTS } from './network.js'
import { sum, type Tally } from './tally.js'
import { INVARIANTS, type Invariant } from './verdict.js'
import { type Protocol, protocolOf, type ServerKind } from './wire.js'
import type { LockKind, Start } from './world.js'

/** With fewer runs, rare faults may be missing by chance. */
export const ENOUGH_RUNS = 2_000

/** They undo a fault, and are not counted as one. */
const CURES: ReadonlySet<FaultName> = new Set(['thaw', 'online'])

/** Every kind, so that the compiler asks for a new one. */
const SERVERS: Readonly<Record<ServerKind, true>> = {
  v1: true,
  v2: true,
  strict: true,
  family: true,
  grace: true,
  keycloak: true,
  loser: true,
  refusing: true,
  renewing: true,
}
const LOCKS: Readonly<Record<LockKind, true>> = { web: true, lease: true, 'loose-lease': true }
const STARTS: Readonly<Record<Start, true>> = { nothing: true, 'take-over': true, resume: true }
const ASKING: Readonly<Record<Asking, true>> = { backend: true, refresh: true }
/** What starts were told where cookies hold the session. */
export const RESUMED: readonly string[] = [
  'somebody',
  'the same',
  'another',
  'nobody',
  'in vain',
  'though it has ended',
]
/** What is judged, and goes wrong, only where cookies hold the session: in worlds of GoTrue. */
const OF_COOKIES: ReadonlySet<Invariant> = new Set([
  'resumes-nobody-ended',
  'starts-agree',
  'one-person',
])
const isOfCookies = (name: string): boolean =>
  name === 'cookies deleted' || (isInvariant(name) && OF_COOKIES.has(name))
const CALLS: Readonly<Record<Operation['type'], true>> = {
  get: true,
  refresh: true,
  foreign: true,
  signIn: true,
  signOut: true,
  dispose: true,
}

const isInvariant = (name: string): name is Invariant => name in INVARIANTS
const isFault = (name: string): name is FaultName => name in FAULTS

const named = (prefix: string, table: object): string[] =>
  Object.keys(table).map((name) => `${prefix} ${name}`)

/** The counts that many runs never leave at zero, whatever they speak. */
const EXPECTED: readonly string[] = [
  'contexts',
  'simulated ms',
  'refreshes sent',
  // Each is a world of its own kind, and must have shown what it is there for.
  'clocks many',
  'stale reads',
  'taken over',
  'timed',
  'uses',
  'timed out idle',
  'timed out absolute',
  ...Object.keys(INVARIANTS)
    .filter((name) => !isOfCookies(name))
    .map((name) => `evaluated ${name}`),
  ...NETWORK_FAULTS.map((name) => `fault ${name}`),
  ...named('fault', FAULTS).filter((name) => {
    const fault = name.slice('fault '.length)
    return !isOfCookies(fault) && (!isFault(fault) || !CURES.has(fault))
  }),
  ...named('lock', LOCKS),
  ...named('start', STARTS).filter((name) => name !== 'start resume'),
  ...named('call', CALLS),
]

const serversOf = (protocol: Protocol): string[] =>
  named('runs', SERVERS).filter((name) => protocolOf(name.slice('runs '.length)) === protocol)

/** Those that many runs of one protocol never leave at zero besides. */
const FURTHER: Readonly<Record<Protocol, readonly string[]>> = {
  gotrue: [
    ...serversOf('gotrue'),
    ...[...OF_COOKIES].map((name) => `evaluated ${name}`),
    'fault cookies deleted',
    'start resume',
    ...named('asking', ASKING),
    ...RESUMED.map((name) => `resumed ${name}`),
    'signed in by a page',
    'late cookies',
    // Access tokens of OpenID Connect servers have ids of their own.
    'twins',
  ],
  oidc: serversOf('oidc'),
}

/**
 * Throws when runs explored nothing: without a run, without an evaluation, or when the scheduler
 * chose the same each time. Of `ENOUGH_RUNS` it also demands that every invariant was evaluated,
 * and that every fault, server, lock and call was met.
 */
export function assertThorough(tally: Tally, protocol: Protocol = 'gotrue'): void {
  const runs = tally.runs ?? 0
  const faults: string[] = []
  if (runs === 0) faults.push('nothing was run')
  if (sum(tally, 'evaluated ') === 0) faults.push('no invariant was evaluated')
  if (sum(tally, 'choices untamed') === 0) faults.push('every choice was the tame one')
  const alike = runs - (tally['different runs'] ?? 0)
  if (alike > runs / 100) faults.push(`${alike} of ${runs} runs were like another one`)
  if (runs >= ENOUGH_RUNS) {
    for (const name of [...EXPECTED, ...FURTHER[protocol]])
      if (!tally[name]) faults.push(`there was no "${name}"`)
  }
  if (faults.length > 0) throw new Error(`The simulation explored too little: ${faults.join(', ')}`)
}
