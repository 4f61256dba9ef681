import type { Flow } from './ports.js'
import { parseVersioned } from './session.js'
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

const isFlow = (value: unknown): value is Flow =>
  typeof value === 'object' &&
  value !== null &&
  'secret' in value &&
  typeof value.secret === 'string' &&
  'purpose' in value &&
  typeof value.purpose === 'string'

function parseFlows(text: string | null): Flow[] {
  const { flows } = (text !== null && parseVersioned(text)) || {}
  return Array.isArray(flows) ? flows.filter(isFlow) : []
}

/** Keeps flows beside the session, in the same storage. */
export function createFlows(vault: Pick<Vault<never>, 'readText' | 'updateText'>): Flows {
  const update = (change: (flows: readonly Flow[]) => readonly Flow[]): Promise<void> =>
    vault.updateText('flows', (text) => {
      const flows = change(parseFlows(text))
      return flows.length ? JSON.stringify({ v: 1, flows }) : null
    })
  return {
    list: async () => parseFlows(await vault.readText('flows')),
    save: (flow) => update((flows) => [flow, ...flows].slice(0, KEPT)),
    remove: ({ secret }) => update((flows) => flows.filter((flow) => flow.secret !== secret)),
  }
}
