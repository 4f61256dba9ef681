/** What an event of a stream says (HTML §9.2.6); of its data nothing is needed. */
export interface StreamEvent {
  readonly type: string | undefined
  readonly id: string | undefined
}

/** More than an event of a backend takes, in characters: what goes on for longer is none. */
const LARGEST = 10_000

/** The last value of a field in the lines of an event. */
const fieldIn = (lines: readonly string[], name: string): string | undefined =>
  lines
    .filter((line) => line.startsWith(`${name}:`))
    .at(-1)
    ?.slice(name.length + 1)
    .replace(/^ /, '')

/**
 * Makes what reads a stream of events, piece by piece.
 * @returns the events that are whole by now; `null` for what is no such stream.
 */
export function createEventReader(): (piece: string) => readonly StreamEvent[] | null {
  let rest = ''
  return (piece) => {
    // A break of two characters may come in two pieces.
    const blocks = (rest + piece).split(/\r\n\r\n|\n\n|\r\r(?!\n)/)
    rest = blocks.pop() ?? ''
    if (rest.length > LARGEST) return null
    return blocks.map((block) => {
      const lines = block.split(/\r\n|\n|\r/)
      return { type: fieldIn(lines, 'event'), id: fieldIn(lines, 'id') }
    })
  }
}
