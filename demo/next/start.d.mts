import type { StdioOptions } from 'node:child_process'
import type { ScriptedGoTrue } from '../../src/testing/gotrue/controls.js'
import type { ScriptedOidc } from '../../src/testing/oidc/index.js'
import type { ScriptedWorkOS } from '../../src/testing/workos/index.js'

/** The auth servers that the demo can have. */
export interface DemoServers {
  readonly workos: ScriptedWorkOS
  readonly gotrue: ScriptedGoTrue
  readonly oidc: ScriptedOidc
}

/** How to start the demo. */
export interface DemoOptions<Auth extends keyof DemoServers> {
  /** @default 'workos' */
  readonly auth?: Auth
  /** @default a free one */
  readonly port?: number
  /** The life of access tokens, in ms. @default 30_000 */
  readonly lifetime?: number
  /** Where the builds and Next.js print to. @default 'inherit' */
  readonly stdio?: StdioOptions
}

/** The demo as it runs. */
export interface Demo<Auth extends keyof DemoServers = 'workos'> {
  readonly url: string
  /** The auth server behind it. */
  readonly server: DemoServers[Auth]
  close(): Promise<void>
}

/** Builds what is older than its sources, and starts the demo on the loopback. */
export function startDemo<Auth extends keyof DemoServers = 'workos'>(
  options?: DemoOptions<Auth>,
): Promise<Demo<Auth>>
