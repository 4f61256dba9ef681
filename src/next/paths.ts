import { AuthError } from '../core/errors.js'

/**
 * Paths by a pattern: `/about` is one page, `:name` stands for one segment, and `/:name*` at the end
 * for the page and all beneath it, as in the `matcher` of Next.
 */
export type PathPattern = string | RegExp

const SEGMENT = /^:\w+$/
const REST = /^:\w+\*$/

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function compile(pattern: PathPattern): RegExp {
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
  return new RegExp(`^/${parts.join('/')}${rest ? `${parts.length ? '(?:/.*)?' : '.*'}` : '/?'}$`)
}

/**
 * Makes the question whether a path is one of these.
 * @throws AuthError `invalid_argument` for a pattern that is none.
 */
export function matchPaths(patterns: readonly PathPattern[]): (path: string) => boolean {
  const tests = patterns.map(compile)
  // Not `test`, which remembers where it was when the pattern is a global one.
  return (path) => tests.some((test) => path.search(test) >= 0)
}
