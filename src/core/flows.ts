import type { Flow } from './provider.js'
import { isObject, isText, parseVersioned } from './record.js'
import type { Vault } from './vault.js'

/** Keeps the secrets of redirects that are under way, such as PKCE verifiers. */
export interface Flows {
  save(flow: Flow): Promise<void>
  /** Newest first. */
  list(): Promise<readonly Flow[]>
  remove(flow: Flow): Promise<void>
}

/** How many unfinished redirects are remembered. */
const KEPT = 5
/** How long, in ms: links in mails are good for a day at the most. */
const LONGEST = 86_400_000

/** A flow, and the wall time at which it was begun. */
interface DatedFlow extends Flow {
  readonly at: number
}

function toFlow(value: unknown, now: number): DatedFlow[] {
  if (!isObject(value) || !isText(value.secret) || !isText(value.purpose)) return []
  const { secret, purpose, at } = value
  // Those of 0.1 have no date: they count from now.
  const begun = typeof at === 'number' ? at : now
  return Math.abs(now - begun) <= LONGEST ? [{ secret, purpose, at: begun }] : []
}

function parseFlows(text: string | null, now: number): DatedFlow[] {
  const { flows } = (text !== null && parseVersioned(text)) || {}
  return Array.isArray(flows) ? flows.flatMap((flow) => toFlow(flow, now)) : []
}

/** Keeps flows beside the session, in the same storage. `now`: ms since the epoch. */
export function createFlows(
  vault: Pick<Vault<never>, 'readText' | 'updateText'>,
  now: () => number,
): Flows {
  const update = (change: (flows: readonly DatedFlow[]) => readonly DatedFlow[]): Promise<void> =>
    vault.updateText('flows', (text) => {
      const flows = change(parseFlows(text, now()))
      return flows.length ? JSON.stringify({ v: 1, flows }) : null
    })
  return {
    list: async () => parseFlows(await vault.readText('flows'), now()),
    save: (flow) => update((flows) => [{ ...flow, at: now() }, ...flows].slice(0, KEPT)),
    remove: ({ secret }) => update((flows) => flows.filter((flow) => flow.secret !== secret)),
  }
}
