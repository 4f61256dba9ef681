import type { HttpOptions } from './http.js'
import { asObject } from './json.js'
import { invalid } from './url.js'

/** What an option is, as `typeof` says it. */
export type Kind = 'string' | 'boolean' | 'number' | 'function' | 'object'

/** The kinds of the options of every provider. */
export const HTTP_OPTIONS: Readonly<Record<Exclude<keyof HttpOptions, 'credentials'>, Kind>> = {
  url: 'string',
  headers: 'object',
  fetch: 'function',
  dangerouslyAllowInsecureHttp: 'boolean',
}

/** What a header may be called (RFC 9110 §5.1), and what it may say (Fetch §2.2.2). */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^[\t -~\x80-\xff]*$/

/** @throws AuthError `invalid_argument` for headers that `fetch` would not send, or would not see. */
function checkHeaders(headers: object): void {
  if (Symbol.iterator in headers) invalid('`headers` must be a plain object of texts.')
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name) || typeof value !== 'string' || !VALUE.test(value)) {
      invalid(`The header \`${name}\` cannot be sent: its name or what it says is no plain text.`)
    }
  }
}

/**
 * Looks at the options of the factory called `name`. Whoever writes TypeScript hears of most of it
 * earlier.
 * @throws AuthError `invalid_argument` for none, for one that nobody knows and one of another kind.
 */
export function checkOptions(
  name: string,
  options: unknown,
  kinds: Readonly<Record<string, Kind>>,
): void {
  const given = asObject(options)
  if (!given) invalid(`Pass the options of ${name}() as an object.`)
  for (const [key, value] of Object.entries(given)) {
    const kind = Object.hasOwn(kinds, key) && kinds[key]
    if (!kind) invalid(`${name}() knows no option \`${key}\`.`)
    if (value === undefined) continue
    const fits = kind === 'object' ? asObject(value) : typeof value === kind
    if (!fits) invalid(`The option \`${key}\` of ${name}() must be of the kind ${kind}.`)
    if (key === 'headers') checkHeaders(Object(value))
  }
}

/**
 * A key or an id as it can be sent: without what is invisible at the place it was copied from.
 * @throws AuthError `invalid_argument` for anything but visible ASCII.
 */
export function checkKey(name: string, value: string | undefined): void {
  if (/^[!-~]*$/.test(value ?? '')) return
  invalid(`\`${name}\` holds a blank, a line break or an invisible character: copy it anew.`)
}
