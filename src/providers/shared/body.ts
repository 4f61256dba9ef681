import { parseJson } from '../../core/json.js'

/** No answer of an auth server is as large as this many bytes; the largest known has 325 kB. */
const LARGEST = 1_048_576

/** Whether the headers say that a body is larger than anybody needs. */
const saysTooMuch = ({ headers }: Response): boolean =>
  Number(headers.get('Content-Length')) > LARGEST

/** The body of a fetch that has no streams, such as React Native's. It is all there already. */
async function readWhole(response: Response): Promise<string | null> {
  const text = await response.text()
  return text.length > LARGEST ? null : text
}

/**
 * Reads a body of at most `most` bytes, piece by piece.
 * @returns whether that was all of it; of more nothing is read. @throws what the body fails with.
 */
export async function readPieces<Piece extends Uint8Array>(
  body: ReadableStream<Piece>,
  most: number,
  take: (piece: Piece) => void,
): Promise<boolean> {
  const reader = body.getReader()
  for (let size = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return true
    size += value.byteLength
    if (size > most) {
      reader.cancel().catch(() => undefined)
      return false
    }
    take(value)
  }
}

/**
 * The body of an answer as text; `null` for more than 1 MiB, which is read no further than that.
 * @throws whatever the platform throws when the body breaks off.
 */
export async function readText(response: Response): Promise<string | null> {
  const { body } = response
  if (saysTooMuch(response)) {
    body?.cancel?.().catch(() => undefined)
    return null
  }
  if (!body?.getReader) return readWhole(response)
  const decoder = new TextDecoder()
  let text = ''
  const whole = await readPieces(body, LARGEST, (piece) => {
    text += decoder.decode(piece, { stream: true })
  })
  return whole ? text + decoder.decode() : null
}

/** The JSON of an answer, `null` where its body is empty; `undefined` for what is none. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await readText(response)
  if (text === '' && response.ok) return null
  try {
    return text === null ? undefined : parseJson(text)
  } catch {
    // The text is told to nobody: it may hold anything.
    return undefined
  }
}
