import type { SessionStore } from '../../src/server/sealed/session-store.js'
import { type ContractCase, equal } from './contract.js'

/** A store of sessions, and time. */
export interface SessionStoreSubject {
  readonly store: SessionStore
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>
}

const name = (): string => `contract-${crypto.randomUUID()}`
const HOUR = 3_600_000
/** Long enough for a store to have done what it was asked to, in ms. */
const MOMENT = 200

/** What every store of sessions promises. */
export const sessionStoreContract: readonly ContractCase<SessionStoreSubject>[] = [
  {
    name: 'gives back what it was given, and nothing for a name that it does not know',
    async run({ store }) {
      const [one, other] = [name(), name()]
      await store.put(one, 'a seal', HOUR)
      equal(await store.get(one), 'a seal', 'what is held')
      equal(await store.get(other), null, 'another name')
      await store.put(one, 'a newer seal', HOUR)
      equal(await store.get(one), 'a newer seal', 'what is held now')
    },
  },
  {
    name: 'keeps it for as long as it was told, and no longer',
    async run({ store, pass }) {
      const [short, long] = [name(), name()]
      await store.put(short, 'a seal', MOMENT)
      await store.put(long, 'a seal', HOUR)
      await pass(2 * MOMENT)
      equal(await store.get(short), null, 'after its time')
      equal(await store.get(long), 'a seal', 'before its time')
    },
  },
  {
    name: 'keeps it for less when it is told so, never for longer, and not at all for 0',
    async run({ store, pass }) {
      const [sooner, never, gone] = [name(), name(), name()]
      for (const one of [sooner, gone]) await store.put(one, 'a seal', HOUR)
      await store.put(never, 'a seal', MOMENT)
      await store.expire(sooner, MOMENT)
      await store.expire(never, HOUR)
      await store.expire(gone, 0)
      equal(await store.get(gone), null, 'what is to be gone')
      await pass(2 * MOMENT)
      equal(await store.get(sooner), null, 'what goes sooner')
      equal(await store.get(never), null, 'what does not live longer')
      await store.expire(name(), 0)
      await store.expire(name(), MOMENT)
    },
  },
]
