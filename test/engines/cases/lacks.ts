import type { Context } from '../page/contexts.js'
import type { Lack, StorageKind } from '../page/orders.js'
import {
  check,
  type EngineCase,
  type Finding,
  holding,
  type Part,
  signedIn,
  until,
  type World,
} from './case.js'
import { expireOften, figures, gather, mixed } from './expiry.js'

const signedOut = (context: Context) =>
  until(context, ({ status }) => status === 'signed-out', 'a context is still signed in')

/** A whole life: in, refreshed twice, out. */
export async function life(context: Context): Promise<void> {
  const first = signedIn(await context.order({ do: 'sign-in' }))
  const second = signedIn(await context.order({ do: 'refresh' }))
  check(first !== second, 'a refresh brought no new token')
  check(signedIn(await context.order({ do: 'token' })) === second, 'getSession answers otherwise')
  const by = { wall: 3_600_000, monotonic: 3_600_000 }
  await context.order({ do: 'shift', by })
  check(signedIn(await context.order({ do: 'token' })) !== second, 'an old token was handed out')
  const { error, unhandled } = await context.order({ do: 'sign-out' })
  check(error === null && unhandled.length === 0, `signing out: ${error} ${unhandled}`)
  await signedOut(context)
}

const alone = (lack: Lack, storage: StorageKind): EngineCase => ({
  name: `with ${lack}, a client on ${storage} storage signs in, refreshes and signs out`,
  run: async ({ frame }) => life(await frame({ storage, lacks: [lack] })),
})

/** Two contexts still share a session: the second hears by itself, or when it next wakes or asks. */
const together = (lack: Lack, storage: StorageKind): EngineCase => ({
  name: `with ${lack}, sign-in and sign-out still reach a sibling on ${storage} storage`,
  async run({ frame }) {
    const lacks = [lack]
    const [one, two] = [await frame({ storage, lacks }), await frame({ storage, lacks })]
    const token = signedIn(await one.order({ do: 'sign-in' }))
    await two.order({ do: 'wake' })
    await holding(two, token)
    await one.order({ do: 'sign-out' })
    await two.order({ do: 'wake' })
    const gone = 'SIGNED_OUT other-context'
    await until(two, ({ events }) => events.at(-1) === gone, 'the sign-out was not heard of')
  },
})

/**
 * Contexts without Web Locks expire so often; nobody is signed out, and all end with one token. A
 * storage that can exchange atomically spends one refresh on each, another almost always.
 */
export async function outlive(world: World, part: Part, rounds: number): Promise<Finding> {
  const crowd = await gather(mixed(world, part))
  const tally = await expireOften(world, crowd, rounds)
  const [first] = crowd.contexts
  check(first !== undefined, 'there is no context')
  const token = signedIn(await first.order({ do: 'refresh' }))
  for (const context of crowd.contexts) {
    const { events } = await holding(context, token)
    check(!events.join().includes('SIGNED_OUT'), `somebody was signed out: ${events}`)
  }
  const atomic = part.storage === 'indexed-db'
  check(!atomic || tally.unequal === 0, `an expiry cost other than one: ${JSON.stringify(tally)}`)
  return figures(tally)
}

const rounds = { local: 10, 'indexed-db': 10 } as const

const withoutLocks = (lack: Lack, storage: keyof typeof rounds): EngineCase => ({
  name: `with ${lack}, five frames and five windows on ${storage} storage outlive ${rounds[storage]} expiries and agree on the token`,
  limit: 60_000,
  run: (world) => outlive(world, { storage, lacks: [lack] }, rounds[storage]),
})

/** What still works where a part of the platform is missing, refused or full. */
export const lacks: readonly EngineCase[] = [
  alone('no locks', 'local'),
  alone('no locks', 'indexed-db'),
  alone('throwing locks', 'local'),
  alone('throwing locks', 'indexed-db'),
  alone('no BroadcastChannel', 'local'),
  alone('no BroadcastChannel', 'indexed-db'),
  alone('throwing BroadcastChannel', 'indexed-db'),
  alone('no indexedDB', 'indexed-db'),
  alone('throwing indexedDB', 'indexed-db'),
  alone('no localStorage', 'default'),
  alone('no localStorage', 'local'),
  alone('throwing localStorage', 'default'),
  alone('throwing localStorage', 'local'),
  alone('full localStorage', 'default'),
  alone('full localStorage', 'local'),
  together('no locks', 'local'),
  together('throwing locks', 'indexed-db'),
  together('no BroadcastChannel', 'local'),
  together('no BroadcastChannel', 'indexed-db'),
  together('throwing BroadcastChannel', 'local'),
  together('throwing BroadcastChannel', 'indexed-db'),
  withoutLocks('no locks', 'local'),
  withoutLocks('no locks', 'indexed-db'),
  withoutLocks('throwing locks', 'indexed-db'),
]
