import { stripBlanks } from '../cookies/blanks.js'
import { cookieIdOf } from '../cookies/set-cookie.js'

/** Where the headers of an answer go. `headersOf` makes one of the platform's `Headers`. */
export interface AnswerHeaders {
  get(name: string): string | null
  set(name: string, value: string): void
  delete(name: string): void
  /** The `Set-Cookie` values so far. */
  setCookies(): readonly string[]
  replaceSetCookies(values: readonly string[]): void
  /** Calls `work` when the headers are about to leave, where others may change them until then. */
  beforeSent?(work: () => void): void
}

/** The platform's headers, as sessions are written to them. */
export function headersOf(headers: Headers): AnswerHeaders {
  return {
    get: (name) => headers.get(name),
    set: (name, value) => headers.set(name, value),
    delete: (name) => headers.delete(name),
    setCookies: () => headers.getSetCookie(),
    replaceSetCookies(values) {
      headers.delete('Set-Cookie')
      for (const value of values) headers.append('Set-Cookie', value)
    },
  }
}

/** A response of Node, as far as its headers go. */
export interface NodeAnswer {
  getHeader(name: string): number | string | readonly string[] | undefined
  setHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): unknown
}

/** What a header of Node says, of which there may be several. */
export const listOf = (value: ReturnType<NodeAnswer['getHeader']>): readonly string[] =>
  value === undefined ? [] : typeof value === 'object' ? value : [String(value)]

/** The headers of a response of Node, as `applySession` and `applyCookies` write to them. */
export function answerHeadersOf(response: NodeAnswer): AnswerHeaders {
  return {
    get: (name) => listOf(response.getHeader(name)).join(', ') || null,
    set: (name, value) => void response.setHeader(name, value),
    delete: (name) => void response.removeHeader(name),
    setCookies: () => listOf(response.getHeader('Set-Cookie')),
    replaceSetCookies: (values) => void response.setHeader('Set-Cookie', values),
  }
}

/** The same for whichever of the two there is. */
export const answerOf = (answer: AnswerHeaders | Headers): AnswerHeaders =>
  'setCookies' in answer ? answer : headersOf(answer)

/** Adds names to a header that lists names, each once. */
export function listIn(
  answer: Pick<AnswerHeaders, 'get' | 'set'>,
  header: string,
  names: readonly string[],
): void {
  const listed = new Map<string, string>()
  for (const name of [...(answer.get(header) ?? '').split(','), ...names].map(stripBlanks)) {
    const key = name.toLowerCase()
    if (key !== '' && !listed.has(key)) listed.set(key, name)
  }
  answer.set(header, [...listed.values()].join(', '))
}

/** Sets cookies in place of what the answer set of the same cookies before. Others stay. */
export function putCookies(answer: AnswerHeaders, setCookies: readonly string[]): void {
  if (setCookies.length === 0) return
  const ours = new Map(setCookies.map((value) => [cookieIdOf(value), value]))
  const others = answer.setCookies().filter((value) => !ours.has(cookieIdOf(value)))
  answer.replaceSetCookies([...others, ...ours.values()])
}
