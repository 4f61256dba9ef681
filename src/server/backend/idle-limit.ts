import { isAuthError } from '../../core/errors.js'
import { readPieces } from '../../providers/shared/body.js'
import { withinTime } from '../shared/time-limit.js'

/** How long the next piece of a body may take by default, in ms: as nginx's `proxy_read_timeout`. */
export const IDLE = 60_000

/** How a body is passed on. */
export interface IdleLimitOptions {
  /** How long the next piece may take, in ms. */
  readonly limit: number
  /** A piece is wanted. */
  readonly onWait?: (() => void) | undefined
  /** It is there, or the end is. */
  readonly onPiece?: (() => void) | undefined
  /** It took too long. */
  readonly onLate?: (() => void) | undefined
}

/**
 * A body that breaks off, as AuthError `timeout`, when its next piece takes too long. It waits only
 * while somebody wants a piece: a reader may take its time.
 */
export function withIdleLimit(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { limit, onWait, onPiece, onLate }: IdleLimitOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  return new ReadableStream(
    {
      async pull(controller) {
        onWait?.()
        try {
          const { done, value } = await withinTime(limit, () => reader.read())
          onPiece?.()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          if (isAuthError(error, 'timeout')) onLate?.()
          // Whoever writes it is to learn that nobody reads on.
          reader.cancel(error).catch(() => {})
          throw error
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** Why a body was not read to its end. */
export type Unread = 'late' | 'large'

/**
 * Reads a body of at most `most` bytes, each piece of which comes in time: in `limit` ms.
 * @throws what the body itself fails with.
 */
export async function readAll(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  most: number,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | Unread> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  try {
    const limited = body && withIdleLimit(body, { limit })
    const whole = !limited || (await readPieces(limited, most, (piece) => pieces.push(piece)))
    if (!whole) return 'large'
  } catch (error) {
    if (isAuthError(error, 'timeout')) return 'late'
    throw error
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}
