import type { ScriptedWorkOS } from '../../src/testing/workos/index.js'

/** How to start the demo. */
export interface DemoOptions {
  /** @default a free one */
  readonly port?: number
  /** The life of access tokens, in ms. @default 30_000 */
  readonly lifetime?: number
  /** Whether the builds and Next.js print nothing. @default false */
  readonly quiet?: boolean
}

/** The demo as it runs. */
export interface Demo {
  readonly url: string
  /** The WorkOS behind it. */
  readonly workos: ScriptedWorkOS
  close(): Promise<void>
}

/** Builds what is older than its sources, and starts the demo on the loopback. */
export function startDemo(options?: DemoOptions): Promise<Demo>
