import type { StdioOptions } from 'node:child_process'

/** How an app runs. */
export interface Run {
  readonly port: number
  /** Variables of its environment. */
  readonly settings: Readonly<Record<string, string>>
  readonly stdio: StdioOptions
  /** Whether it runs by `next dev`, which builds each page when somebody asks for it. @default false */
  readonly isDev?: boolean
  /** A name of the loopback. @default '127.0.0.1' */
  readonly host?: string
}

/** Builds the app in `folder`, at or beneath this one, if one of its `sources` is newer. */
export function build(folder: string, sources: readonly string[], stdio: StdioOptions): void

/** A port of the loopback that nobody listens on: `wanted`, if that is one. */
export function freePort(wanted?: number): Promise<number>

/** Runs the app in `folder`, which was built unless `isDev`, until `stop`. */
export function run(folder: string, how: Run): Promise<{ stop(): Promise<void> }>
