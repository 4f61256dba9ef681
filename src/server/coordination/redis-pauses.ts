import { type Admission, type Pauses, REMEMBERED } from './pauses.js'
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

/** A client may be set to give buffers for strings, and strings for numbers. */
function parseReading(reply: unknown): Reading | null {
  if (!Array.isArray(reply)) return null
  const [kind, value, left]: readonly unknown[] = reply
  return { kind: String(kind), value: String(value), left: Number(left) }
}

/** Makes the pauses that all processes of one Redis share. */
export function redisPauses({ link, commands, records, local }: RedisPausesOptions): Pauses {
  async function read(name: string, reading: Reading): Promise<Admission> {
    const pause = await records.openPause(await commands.pauseName(name), reading.value)
    // Whoever put there what cannot be read must not keep anybody from a server.
    if (!pause || !(reading.left >= 0)) return { type: 'open' }
    if (reading.kind === 'probe') return { type: 'probe', failures: pause.failures }
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
      // Until then this process need not ask Redis again.
      if (there.type === 'closed') {
        await local.pause(name, { error: there.error, failures: 1 }, there.left)
      }
      return there
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
