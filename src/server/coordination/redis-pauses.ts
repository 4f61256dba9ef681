import { type Admission, LONGEST_PAUSE, type Pauses, REMEMBERED } from './pauses.js'
import type { RedisCommands } from './redis-commands.js'
import type { RedisLink } from './redis-link.js'
import type { RedisRecords } from './redis-records.js'

/** What shared pauses are made of. */
export interface RedisPausesOptions {
  readonly link: RedisLink
  readonly commands: RedisCommands
  readonly records: RedisRecords
  /** The pauses of this process, which go on while Redis fails. */
  readonly local: Pauses
}

/** What `ADMIT` returned. */
interface Reading {
  readonly kind: string
  readonly value: string
  readonly left: number
}

/**
 * How long a process that found a server closed does not ask Redis again, in ms: another one may have
 * had an answer meanwhile.
 */
const LOOK = 250

/** A client may be set to give buffers for strings, and strings for numbers. */
function parseReading(reply: unknown): Reading | null {
  if (!Array.isArray(reply)) return null
  const [kind, value, left]: readonly unknown[] = reply
  return { kind: String(kind), value: String(value), left: Number(left) }
}

/** Makes the pauses that all processes of one Redis share. */
export function redisPauses({ link, commands, records, local }: RedisPausesOptions): Pauses {
  /** Nothing for what says nothing: whoever put it there must not keep anybody from a server. */
  async function read(name: string, reading: Reading): Promise<Admission | null> {
    const pause = await records.openPause(await commands.pauseName(name), reading.value)
    if (!pause || !(reading.left >= 0 && reading.left <= LONGEST_PAUSE)) return null
    if (reading.kind === 'probe') return { type: 'probe', ...pause }
    return { type: 'closed', error: pause.error, left: reading.left }
  }

  return {
    async admit(name, span) {
      const here = await local.admit(name, span)
      if (here.type === 'closed') return here
      const reply = await link.call(await commands.admit(name, { span, remembered: REMEMBERED }))
      const reading = parseReading(reply?.value)
      if (!reading) return here
      if (reading.kind === 'open') {
        // Another process has had an answer meanwhile.
        if (here.type === 'probe') await local.resume(name)
        return { type: 'open' }
      }
      const there = await read(name, reading)
      if (there?.type === 'closed') {
        const pause = { error: there.error, failures: 1 }
        await local.pause(name, pause, Math.min(there.left, LOOK))
      }
      return there ?? here
    },
    async pause(name, pause, wait) {
      await local.pause(name, pause, wait)
      const sealed = await records.sealPause(await commands.pauseName(name), pause)
      if (sealed) await link.call(await commands.pause(name, sealed, wait + REMEMBERED))
    },
    async resume(name) {
      await local.resume(name)
      await link.call(await commands.resume(name), { urgent: true })
    },
  }
}
