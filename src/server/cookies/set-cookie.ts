import { stripBlanks } from './blanks.js'

/** A `Set-Cookie` value in its parts (RFC 6265 §5.2). */
export interface SetCookie {
  readonly name: string
  readonly value: string
  /** By their names in lower case. */
  readonly attributes: ReadonlyMap<string, string>
}

/** A pair of a cookie, as `name=value`; the value of one without `=` is empty. */
export function cutPair(text: string): readonly [name: string, value: string] {
  const end = text.indexOf('=')
  if (end < 0) return [stripBlanks(text), '']
  return [stripBlanks(text.slice(0, end)), stripBlanks(text.slice(end + 1))]
}

/** Reads a `Set-Cookie` value. Every text is one. */
export function readSetCookie(line: string): SetCookie {
  const [pair = '', ...rest] = line.split(';')
  const [name, value] = cutPair(pair)
  const attributes = new Map(rest.map(cutPair).map(([key, text]) => [key.toLowerCase(), text]))
  return { name, value, attributes }
}

/** Which cookie of the browser a `Set-Cookie` value is about: its name and place (RFC 6265 §5.3). */
export function cookieIdOf(line: string): string {
  const { name, attributes } = readSetCookie(line)
  const domain = attributes.get('domain')?.toLowerCase().replace(/^\./, '')
  return JSON.stringify([name, attributes.get('path'), domain])
}
