import type { Figures } from '../figures.js'
import type { Desk } from './desk.js'
import type { Process } from './processes.js'
import type { PerSdk, ProcessOptions } from './sdks.js'

/** What all scenarios of the server share. */
export interface ServerLab {
  readonly root: string
  readonly desk: Desk
  start(options: Omit<ProcessOptions, 'port'>): Promise<Process>
  /** Few repetitions: the scenarios run, the figures mean little. */
  readonly quick: boolean
}

/** Something that both SDKs go through. */
export interface ServerScenario {
  readonly name: string
  /** What this machine lacks for it, and what to do; `null` when nothing. @default nothing */
  lacks?(): string | null
  run(lab: ServerLab): Promise<PerSdk<Figures>>
}
