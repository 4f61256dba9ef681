import type { Figures } from '../figures.js'
import type { Desk } from './desk.js'
import type { Process, Processes } from './processes.js'
import type { PerSdk, ProcessOptions } from './sdks.js'

/** What all scenarios of the server share. */
export interface ServerLab {
  readonly root: string
  readonly desk: Desk
  start(options: Omit<ProcessOptions, 'port'>): Promise<Process>
  /** Runs a script in a process of its own; resolves to the one thing that it says. */
  readonly once: Processes['once']
  /** Few repetitions: the scenarios run, the figures mean little. */
  readonly quick: boolean
}

/** Something that both SDKs go through. */
export interface ServerScenario {
  readonly name: string
  /** What this machine lacks for it, and what to do; `null` when nothing. @default nothing */
  lacks?(): string | null
  /** How long it may take, in ms. @default two minutes */
  readonly longest?: number
  run(lab: ServerLab): Promise<PerSdk<Figures>>
}
