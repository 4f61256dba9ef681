import { stripBlanks } from '../../cookies/blanks.js'
import type { AnswerHeaders } from './types.js'

/** The platform's headers, as the functions for sessions write them. */
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

/** Adds names to a header that lists names, each once. */
export function listIn(answer: AnswerHeaders, header: string, names: readonly string[]): void {
  const listed = new Map<string, string>()
  for (const name of [...(answer.get(header) ?? '').split(','), ...names].map(stripBlanks)) {
    const key = name.toLowerCase()
    if (key !== '' && !listed.has(key)) listed.set(key, name)
  }
  answer.set(header, [...listed.values()].join(', '))
}

/** Sets headers that pages of other origins may read too. */
export function setReadable(
  answer: AnswerHeaders,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(headers)) answer.set(name, value)
  listIn(answer, 'Access-Control-Expose-Headers', Object.keys(headers))
}

/** Which cookie of the browser a `Set-Cookie` value is about: its name and place. */
function cookieOf(setCookie: string): string {
  const [pair = '', ...attributes] = setCookie.split(';')
  const values = new Map(
    attributes.map((attribute) => {
      const [name = '', value = ''] = attribute.split('=').map(stripBlanks)
      return [name.toLowerCase(), value]
    }),
  )
  const domain = values.get('domain')?.toLowerCase().replace(/^\./, '')
  return JSON.stringify([stripBlanks(pair.split('=')[0] ?? ''), values.get('path'), domain])
}

/** Sets cookies in place of what the answer set of the same cookies before. Others stay. */
export function putCookies(answer: AnswerHeaders, setCookies: readonly string[]): void {
  const ours = new Map(setCookies.map((value) => [cookieOf(value), value]))
  const others = answer.setCookies().filter((value) => !ours.has(cookieOf(value)))
  answer.replaceSetCookies([...others, ...ours.values()])
  listIn(answer, 'Vary', ['Cookie'])
}
