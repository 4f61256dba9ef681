import type { StdioOptions } from 'node:child_process'

/** The Next.js of an app. */
export interface Installed {
  /** The folder whose lock file names it. @default that of the demo */
  readonly home?: string | undefined
  /** What its `build` and its `dev` are told besides, such as `--webpack`. @default [] */
  readonly flags?: readonly string[] | undefined
}

/** How an app is built. */
export interface Build extends Installed {
  /** Its files and folders, by their paths in its folder. */
  readonly sources: readonly string[]
  readonly stdio: StdioOptions
}

/** How an app runs. */
export interface Run extends Installed {
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
export function build(folder: string, how: Build): void

/** A port of the loopback that nobody listens on: `wanted`, if that is one. */
export function freePort(wanted?: number): Promise<number>

/** Runs the app in `folder`, which was built unless `isDev`, until `stop`. */
export function run(folder: string, how: Run): Promise<{ stop(): Promise<void> }>
