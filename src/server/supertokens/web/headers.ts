import { type AnswerHeaders, listIn } from '../../requests/answer-headers.js'

/** Sets headers that pages of other origins may read too. */
export function setReadable(
  answer: AnswerHeaders,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(headers)) answer.set(name, value)
  listIn(answer, 'Access-Control-Expose-Headers', Object.keys(headers))
}
