import type { Clock } from '../../core/ports.js'
import type { RedisCommands } from './redis-commands.js'
import type { RedisLink } from './redis-link.js'
import type { Watches } from './watches.js'

/** What the feed is read with. */
export interface RedisFeedOptions {
  readonly link: RedisLink
  readonly commands: Pick<RedisCommands, 'hear'>
  readonly clock: Pick<Clock, 'schedule'>
  /** Those who wait, for names of tombstones. */
  readonly watches: Watches
}

/**
 * How often a process looks for ends while somebody in it waits for one, in ms, as `Coordinator.watch` says. One look
 * costs Redis one command, however many wait.
 */
const LOOK = 500
/** How many ends are read at once. */
const BATCH = 1_000

/** An id of the feed, such as `1700000000000-0`; what is none would make Redis refuse every look after it. */
const ID = /^\d+-\d+$/

/** The ends in an answer, with their ids. A client may be set to give buffers for strings. */
function readEnds(value: unknown): readonly { readonly id: string; readonly name: string }[] {
  const texts = Array.isArray(value) ? value.map(String) : []
  return texts.flatMap((id, index) =>
    index % 2 === 0 && ID.test(id) ? [{ id, name: texts[index + 1] ?? '' }] : [],
  )
}

/**
 * Makes the reader of what other processes have ended. It reads while somebody waits, and has no timer else.
 * @returns what begins to read, if nothing reads yet.
 */
export function redisFeed({ link, commands, clock, watches }: RedisFeedOptions): () => void {
  let last = '0-0'
  let reading = false

  async function look(): Promise<void> {
    const reply = await link.call(commands.hear(last, BATCH))
    const ends = readEnds(reply?.value)
    for (const { name } of ends) watches.tell(name)
    last = ends.at(-1)?.id ?? last
    if (watches.isIdle()) {
      reading = false
      return
    }
    // While there is more than comes at once, nobody waits for the next look.
    if (ends.length === BATCH) await look()
    else clock.schedule(LOOK, () => void look())
  }

  return () => {
    if (reading) return
    reading = true
    void look()
  }
}
