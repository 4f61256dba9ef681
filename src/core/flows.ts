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

/** Keeps flows beside the session, in the same storage. */
export function createFlows(vault: Pick<Vault<never>, 'readText' | 'writeText'>): Flows {
  const list = async (): Promise<Flow[]> => {
    const text = await vault.readText('flows')
    const { flows } = (text !== null && parseVersioned(text)) || {}
    return Array.isArray(flows) ? flows.filter(isFlow) : []
  }
  const write = (flows: readonly Flow[]): Promise<void> =>
    vault.writeText('flows', flows.length ? JSON.stringify({ v: 1, flows }) : null)
  return {
    list,
    save: async (flow) => write([flow, ...(await list())].slice(0, KEPT)),
    remove: async ({ secret }) => write((await list()).filter((flow) => flow.secret !== secret)),
  }
}
