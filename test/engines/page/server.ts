import type { Fault, FaultScope } from '../../../src/testing/server/types.js'

/** The test's server, as a page controls it. */
export interface Server {
  /** How many refresh requests came since the last call. */
  takeRefreshes(): Promise<number>
  /** How many sessions the server holds. */
  sessions(): Promise<number>
  setLifetime(ms: number): Promise<unknown>
  /** Answers to refreshes come after a random time of up to so many ms. */
  setDelay(ms: number): Promise<unknown>
  /** Answers to refreshes wait, after the server has committed, until `letGo`. */
  hold(): Promise<unknown>
  letGo(): Promise<unknown>
  fail(fault: Fault, scope?: FaultScope): Promise<unknown>
  heal(): Promise<unknown>
}

async function control<T = unknown>(name: string, detail: object = {}): Promise<T> {
  const response = await fetch(`/control/${name}`, {
    method: 'POST',
    body: JSON.stringify(detail),
  })
  if (!response.ok) throw new Error(`The test's server has no control "${name}".`)
  return response.json()
}

/** The controls of the server that this page came from. */
export const server: Server = {
  takeRefreshes: () => control('take-refreshes'),
  sessions: () => control('sessions'),
  setLifetime: (ms) => control('lifetime', { ms }),
  setDelay: (ms) => control('delay', { ms }),
  hold: () => control('hold'),
  letGo: () => control('let-go'),
  fail: (fault, scope = {}) => control('fail', { fault, scope }),
  heal: () => control('heal'),
}
