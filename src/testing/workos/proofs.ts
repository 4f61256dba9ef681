import type { Person } from './directory.js'
import type { WorkOSMail } from './types.js'

/** A code that was mailed. */
export interface MailedCode extends WorkOSMail {
  readonly id: string
  readonly at: number
}

/** Somebody's authenticator. */
export interface Factor {
  readonly id: string
  readonly userId: string
  readonly secret: string
  /** Whether a code of it was ever right: before, nobody is known to have it. */
  proved: boolean
}

/** A device that asks to be let in. */
export interface Device {
  readonly userCode: string
  readonly clientId: string
  readonly at: number
  /** When it asked last. */
  askedAt: number
  /** Who has let it in; `null` when somebody has turned it away. */
  decision: Person | null | undefined
}
