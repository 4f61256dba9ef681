import { GeneralError } from './errors.js'

/** No answer of a core is as large as this many bytes. */
const LARGEST = 1_048_576

/**
 * The body of an answer, as text.
 * @throws SuperTokensError `bad_response` for more than a core would send.
 */
export async function readBounded({ body, status }: Response): Promise<string> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let size = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > LARGEST) {
      reader.cancel().catch(() => undefined)
      throw new GeneralError('The answer is too large.', { code: 'bad_response', status })
    }
    text += decoder.decode(value, { stream: true })
  }
}
