import { decodeAll, isOwnPath, leadsAway } from '../../providers/shared/own-path.js'

/** Longer ones make cookies that no server takes. */
const LARGEST = 1_024
/**
 * The page of this origin that somebody wants to return to, as path, query and fragment. `/` for
 * everything that leads elsewhere, or might to a reader who decodes it once more and then resolves
 * the dots in it.
 */
export function safeReturnTo(text: string | null | undefined): string {
  if (!text || text.length > LARGEST || /\p{Cc}/u.test(text)) return '/'
  const end = text.search(/[?#]/)
  if (!isOwnPath(end < 0 ? text : text.slice(0, end))) return '/'
  const { pathname, search, hash } = new URL(text, 'https://own.invalid')
  return `${pathname}${search}${hash}`
}

/**
 * Whether servers take a segment for the directory itself or its parent: `..;` is one to Tomcat, and
 * `.. ` to whoever drops blanks. In letters of full width it is one to whoever makes them plain.
 */
function isDots(segment: string): boolean {
  const [name = ''] = segment.split(';')
  const dots = name.replace(/\s/g, '')
  return /^\.+$/.test(dots) && (dots.length <= 2 || dots.length < name.length)
}

/** A path as one sees it who also makes letters plain; `null` for what is no UTF-8. */
function plainest(path: string): string | null {
  try {
    return decodeURIComponent(path.replace(/%(?![\da-f]{2})/gi, '%25')).normalize('NFKC')
  } catch {
    return null
  }
}

/**
 * The address of `path` beneath `base`, an absolute URL without a slash at its end; `null` when it
 * leaves `base`, or might to a server that decodes it once more. `path` is empty or begins with `/`.
 */
export function addressBeneath(base: string, path: string, search: string): URL | null {
  const plain = decodeAll(path)
  if (plain === null || (plain !== '' && leadsAway(plain))) return null
  const plainer = plainest(plain)
  if (plainer === null || `${plain}/${plainer}`.split('/').some(isDots)) return null
  const address = new URL(`${base}${path}${search}`)
  return address.href.startsWith(base) ? address : null
}
