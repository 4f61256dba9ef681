import { AuthError } from '../../core/errors.js'
import type { Clock } from '../../core/ports.js'
import { checkPositive } from '../coordination/coordinator.js'
import { processClock } from '../coordination/process-clock.js'
import { checkObject } from '../shared/arguments.js'

/** Options of the event streams of a backend. Times in ms. */
export interface EventStreamOptions {
  /** The most streams of one session: one is enough for all tabs of a browser. @default 10 */
  readonly perSession?: number | undefined
  /** The most streams of this process. @default 10_000 */
  readonly total?: number | undefined
  /**
   * How often something is said where there is nothing to tell, so that no proxy takes the connection for dead; one
   * whose page has not read it by the next time is closed. @default 25_000
   */
  readonly keepAlive?: number | undefined
  /** How long a stream lasts; its page then opens the next one. @default 600_000 */
  readonly maxAge?: number | undefined
  /** @default the clock of this process */
  readonly clock?: Pick<Clock, 'schedule'> | undefined
}

/** A stream that is wanted. */
export interface WantedStream {
  /** Whose session it is about. */
  readonly session: string
  /** What the page has heard last: the `Last-Event-ID` of a stream before; `null` for the first. */
  readonly lastEventId: string | null
  /** Whose signal aborts when the page is gone. It lives as long as this is held, and no longer (undici). */
  readonly request: Pick<Request, 'signal'>
  /** Calls `onEnd` when the session is over. Resolves to what stops it. */
  watch(onEnd: () => void): Promise<() => void>
}

/** The streams of one process. */
export interface EventStreams {
  /** Opens a stream; says which bound it would be beyond. */
  open(wanted: WantedStream): Promise<ReadableStream<Uint8Array> | 'session' | 'total'>
}

const DEFAULTS = { perSession: 10, total: 10_000, keepAlive: 25_000, maxAge: 600_000 }

/** Pieces that wait until a page reads them: what is said at the beginning, a sign of life, and the end. */
const WAITING = 2

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** An event as pages get it (HTML §9.2.5). */
const eventOf = (type: string, id: string): string => `event: ${type}\nid: ${id}\ndata: {}\n\n`

/** Counts the streams, all and of each session. */
function createCount({ perSession, total }: Pick<typeof DEFAULTS, 'perSession' | 'total'>) {
  const counts = new Map<string, number>()
  let all = 0
  return {
    /** Which bound one more would be beyond. */
    beyond(session: string): 'session' | 'total' | null {
      if (all >= total) return 'total'
      return (counts.get(session) ?? 0) >= perSession ? 'session' : null
    },
    add(session: string): void {
      all += 1
      counts.set(session, (counts.get(session) ?? 0) + 1)
    },
    remove(session: string): void {
      all -= 1
      const left = (counts.get(session) ?? 1) - 1
      if (left > 0) counts.set(session, left)
      else counts.delete(session)
    },
  }
}

/**
 * Makes the event streams of one process, by which pages hear at once that their session is over: `ended`, or
 * `changed` where it is another one than the page heard of last. What was missed needs no memory: the id of an event
 * is the session's, and a stream that begins with another one says so.
 * @throws AuthError `invalid_argument` for options that are no positive numbers.
 */
export function createEventStreams(options: EventStreamOptions = {}): EventStreams {
  checkObject('events', options)
  const number = (name: keyof typeof DEFAULTS): number =>
    checkPositive(`events.${name}`, options[name] ?? DEFAULTS[name])
  const keepAlive = number('keepAlive')
  const maxAge = number('maxAge')
  const { clock = processClock } = options
  const count = createCount({ perSession: number('perSession'), total: number('total') })

  function begin({
    session,
    lastEventId,
    request,
    watch,
  }: WantedStream): ReadableStream<Uint8Array> {
    const stops: (() => void)[] = []
    let isOver = false
    /** Ends the stream, however it ends, once. */
    function finish(last: () => void): void {
      if (isOver) return
      isOver = true
      for (const stop of stops.splice(0)) stop()
      count.remove(session)
      last()
    }
    const add = (stop: () => void): void => {
      if (isOver) stop()
      else stops.push(stop)
    }

    function start(controller: ReadableStreamDefaultController<Uint8Array>): void {
      const say = (text: string): void => controller.enqueue(encode(text))
      const close = (): void => finish(() => controller.close())
      const abort = (): void =>
        finish(() => controller.error(new AuthError('aborted', 'The page has not read on.')))
      let stopBeat = (): void => {}
      const beat = (): void => {
        stopBeat = clock.schedule(keepAlive, () => {
          // Whoever does not read holds a connection, and no memory of ours.
          if ((controller.desiredSize ?? 0) <= 0) abort()
          else {
            say(':\n\n')
            beat()
          }
        })
      }
      const isOther = lastEventId !== null && lastEventId !== session
      say(isOther ? eventOf('changed', session) : `id: ${session}\n\n`)
      request.signal.addEventListener('abort', abort)
      add(() => request.signal.removeEventListener('abort', abort))
      beat()
      add(() => stopBeat())
      add(clock.schedule(maxAge, close))
      const onEnd = (): void =>
        finish(() => {
          say(eventOf('ended', session))
          controller.close()
        })
      watch(onEnd).then(add, abort)
      if (request.signal.aborted) abort()
    }

    count.add(session)
    // It counts pieces. The edge runtime of Next has no `CountQueuingStrategy`, which does no more.
    const strategy = { highWaterMark: WAITING }
    return new ReadableStream({ start, cancel: () => finish(() => {}) }, strategy)
  }

  return {
    async open(wanted) {
      return count.beyond(wanted.session) ?? begin(wanted)
    },
  }
}
