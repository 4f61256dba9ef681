import { AuthError } from '../core/errors.js'

/**
 * Paths by a pattern: `/about` is one page, `:name` stands for one segment, and `/:name*` at the end
 * for the page and all beneath it, as in the `matcher` of Next.
 */
export type PathPattern = string | RegExp

const SEGMENT = /^:\w+$/
const REST = /^:\w+\*$/

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function compile(pattern: PathPattern, flags: string): RegExp {
  if (typeof pattern !== 'string') return pattern
  const segments = pattern.split('/').slice(1)
  const last = segments.at(-1) ?? ''
  const rest = REST.test(last)
  const fixed = rest ? segments.slice(0, -1) : segments
  const wrong = fixed.some((segment) => segment.startsWith(':') && !SEGMENT.test(segment))
  if (!pattern.startsWith('/') || wrong) {
    throw new AuthError(
      'invalid_argument',
      `A path pattern begins with \`/\`, and only its last segment may end in \`*\`: ${pattern}`,
    )
  }
  const parts = fixed.map((segment) => (SEGMENT.test(segment) ? '[^/]+' : literal(segment)))
  const end = rest ? `${parts.length ? '(?:/.*)?' : '.*'}` : '/?'
  return new RegExp(`^/${parts.join('/')}${end}$`, flags)
}

/** How paths are compared. */
export interface MatchOptions {
  /** Whether a pattern that is a text is met by capital and small letters alike. */
  readonly anyCase?: boolean | undefined
}

/**
 * Makes the question whether a path is one of these.
 * @throws AuthError `invalid_argument` for a pattern that is none.
 */
export function matchPaths(
  patterns: readonly PathPattern[],
  { anyCase = false }: MatchOptions = {},
): (path: string) => boolean {
  const tests = patterns.map((pattern) => compile(pattern, anyCase ? 'i' : ''))
  // Not `test`, which remembers where it was when the pattern is a global one.
  return (path) => tests.some((test) => path.search(test) >= 0)
}
