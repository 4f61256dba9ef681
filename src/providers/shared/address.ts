import type { Page } from '../../core/ports.js'

/**
 * An address in its parts, as the texts that they are. `URL` is left out of it: setters of its would
 * write the app's own query anew, and on React Native it has none and adds slashes.
 */
export interface Address {
  /** Up to the query or the fragment. */
  readonly place: string
  /** Without its `?`; nothing where there is none. */
  readonly query: string | undefined
  /** Without its `#`; nothing where there is none. */
  readonly fragment: string | undefined
}

/** Takes an address apart. Every text is one. */
export function splitAddress(href: string): Address {
  const [, place = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(href) ?? []
  return { place, query, fragment }
}

/** A name or value of a form; as it is where it was not encoded as one (URL §5.1). */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

const nameOf = (pair: string): string => decode(pair.split('=', 1)[0] ?? '')

/** The first value of each name in a query or a form-like fragment. Never throws. */
export function readFields(text = ''): ReadonlyMap<string, string> {
  const pairs = text.split('&').filter((pair) => pair !== '')
  const fields = pairs.map((pair): [string, string] => [
    nameOf(pair),
    decode(pair.slice(pair.indexOf('=') + 1 || pair.length)),
  ])
  // The first of a name is the one that counts, and the last that is set.
  return new Map(fields.reverse())
}

const drop = (text: string | undefined, names: readonly string[]): string | undefined => {
  if (text === undefined) return undefined
  const pairs = text.split('&')
  const kept = pairs.filter((pair) => !names.includes(nameOf(pair)))
  return kept.length === pairs.length ? text : kept.join('&') || undefined
}

/** The names of fields, in each part of an address. */
export interface FieldNames {
  readonly query: readonly string[]
  readonly fragment: readonly string[]
}

/** The address without fields of these names; what is left is as it was, byte for byte. */
export function withoutFields(href: string, names: FieldNames): string {
  const { place, query, fragment } = splitAddress(href)
  const [asked, part] = [drop(query, names.query), drop(fragment, names.fragment)]
  return `${place}${asked === undefined ? '' : `?${asked}`}${part === undefined ? '' : `#${part}`}`
}

/**
 * Takes fields off the page's address, if that is still `href`: the app may have gone on meanwhile. A
 * page that cannot be told is left as it is.
 */
export function cleanPage(page: Page, href: string, names: FieldNames): void {
  try {
    if (page.href() === href) page.replace(withoutFields(href, names))
  } catch {
    // The sign-in is worth more than a tidy address.
  }
}
