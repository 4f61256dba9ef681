// Every runtime of Next has it, also the edge.
declare const process: { readonly env: { readonly __NEXT_ROUTER_BASEPATH?: string } }

/** Proxies and frameworks decode once or twice; whoever needs more rounds hides something. */
const ROUNDS = 4

/** What Next's requests say of their address besides (`NextURL`). */
interface NextAddress {
  readonly pathname: string
  /** What all pages of the app are beneath; empty when there is none, or this path is elsewhere. */
  readonly basePath: string
}

/** The ways in which a path may be read. */
export interface PathReadings {
  /** What the request itself names, without the app's base path: its page, and the one that `Next-Url` says it comes from. */
  readonly own: readonly string[]
  /** Every page that may be meant. */
  readonly any: readonly string[]
}

/** `NextURL` has getters, which spreading does not see. */
function nextAddressOf(request: Request): Partial<NextAddress> {
  const url: unknown = 'nextUrl' in request ? request.nextUrl : null
  if (typeof url !== 'object' || url === null) return {}
  const pathname: unknown = Reflect.get(url, 'pathname')
  const basePath: unknown = Reflect.get(url, 'basePath')
  return {
    ...(typeof pathname === 'string' && { pathname }),
    ...(typeof basePath === 'string' && { basePath }),
  }
}

const withoutBase = (path: string, base: string): string =>
  base !== '' && (path === base || path.startsWith(`${base}/`))
    ? path.slice(base.length) || '/'
    : path

/** The same by a base path in any letters. */
const withoutAnyBase = (path: string, base: string): string =>
  withoutBase(path.toLowerCase(), base.toLowerCase()) === path.toLowerCase()
    ? path
    : path.slice(base.length) || '/'

/** The path after each round of decoding; `null` for what is no UTF-8, or hides too deep. */
function decodings(path: string): string[] | null {
  const found = [path]
  try {
    for (let plain = path; found.length <= ROUNDS; ) {
      const next = decodeURIComponent(plain)
      if (next === plain) return found
      found.push(next)
      plain = next
    }
  } catch {
    // Next answers such a path with 400, and what stands behind a rewrite nobody knows.
  }
  return null
}

/** A path without empty segments and dots, with one kind of slash. */
function tidy(path: string): string {
  const segments: string[] = []
  for (const segment of path.replaceAll('\\', '/').split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return `/${segments.join('/')}`
}

/**
 * How a folder begins whose page Next shows in place of another one, by a rewrite of its own: `feed/(..)photo` for
 * `/photo`. It serves it under the name of the folder as well, and no link of its routers leads there (15.5 and 16.4,
 * seen).
 */
const INTERCEPTS = /(?:^|\/)\(\.{1,3}\)/
/** Where the props of pages are. They are found behind a path of `assetPrefix` and a language too (16.4, seen). */
const PROPS = '/_next/data/'

/** Whether Next may serve a page at this path that none of its own links would ask for there. */
const isHidden = (path: string): boolean => INTERCEPTS.test(path) || path.indexOf(PROPS) > 0

/** The page whose data Next serves at this path: its payload, a part of that, or its props. */
function dataOf(path: string): string {
  const props = /^\/_next\/data\/[^/]+(\/.*)\.json$/s.exec(path)?.[1]
  if (props !== undefined) return props
  // Next 16 takes the `.rsc` at its end away before the proxy sees it.
  const parts = path.indexOf('.segments/')
  if (parts >= 0) return path.slice(0, parts)
  return path.endsWith('.rsc') ? path.slice(0, -'.rsc'.length) : path
}

/** What Next calls the first page of an app, of which there is no name in addresses. */
const FIRST = '/index'

/**
 * The pages behind a path. `/index.json` brings the props of the first page, and `/index/index.json` those of a page
 * that is called index: both count. So does the path without its first part, which may be a language.
 */
function pagesBehind(path: string): string[] {
  const page = dataOf(path)
  const pages = path.startsWith(PROPS) ? [page, page.replace(/^\/[^/]+/, '')] : [page]
  return pages.flatMap((one) => (one === FIRST || one === '' || one === '/' ? ['/', FIRST] : [one]))
}

/** Percent-encoded letters that no address can hold otherwise, as themselves. */
function write(path: string): string {
  return path.replace(/(?:%[89a-f][\da-f])+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes)
    } catch {
      return bytes
    }
  })
}

/** All ways in which paths may be read; `null` when nobody can tell where one of them leads. */
function readingsOf(paths: readonly string[]): readonly string[] | null {
  const found = new Set<string>()
  for (const path of paths) {
    const readings = decodings(write(path))?.flatMap((one) => [one, tidy(one)])
    if (!readings || readings.some(isHidden)) return null
    for (const reading of readings) found.add(reading)
  }
  return [...found]
}

/** The pages that a page is beneath, but for the first one of the app. */
function above(path: string): string[] {
  const ends = [...path.matchAll(/\//g)].map(({ index }) => index)
  return ends.filter((end) => end > 0).map((end) => path.slice(0, end))
}

/**
 * The ways in which the path of a request may be read; `null` when nobody can tell. Next gives the
 * segments of dynamic routes decoded, so that `/files/%70rivate` is the page `/files/private`, and
 * it knows no base path where it routes. Its rewrites take a base path in any letters, and then its own
 * address has none: so it is read from what Next writes into the bundle (15.5 and 16.4, seen).
 *
 * A page that another one intercepts is shown within the layouts of the one that the header `Next-Url` names, or of
 * one above it, whoever sends that header: such a request leads to both (15.5 and 16.4, seen).
 */
export function readPaths(request: Request): PathReadings | null {
  const { pathname } = new URL(request.url)
  const { basePath = '', pathname: routed } = nextAddressOf(request)
  const bare = withoutBase(pathname, basePath)
  const from = request.headers.get('Next-Url')
  const asked = readingsOf([bare, withoutBase(routed ?? bare, basePath)])
  const around = readingsOf(from === null ? [] : [from])
  if (!asked || !around) return null
  const own = [...asked, ...around]
  const base = process.env.__NEXT_ROUTER_BASEPATH ?? ''
  const rewritten = own.map((path) => withoutAnyBase(path, base))
  const any = [...own, ...own.flatMap(pagesBehind), ...rewritten, ...around.flatMap(above)]
  return { own: [...own, ...own.map(dataOf)], any: [...any, pathname, bare] }
}
