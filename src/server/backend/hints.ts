import { AuthError } from '../../core/errors.js'
import { parseJson } from '../../core/json.js'
import type { SignInHints } from '../../providers/backend/types.js'
import { type Callers, isOwnNavigation } from './guard.js'

const HINTS = [
  'organizationId',
  'loginHint',
  'domainHint',
  'invitationToken',
  'prompt',
  'uiLocales',
  'provider',
  'connectionId',
  'maxAge',
  'acrValues',
  'claims',
] as const

/** What cannot lead somebody to sign in as another. */
const HARMLESS: readonly (keyof SignInHints)[] = [
  'invitationToken',
  'prompt',
  'maxAge',
  'uiLocales',
]

/** @throws AuthError `invalid_argument` for what is no hint. */
export function checkHints(
  names: readonly (keyof SignInHints)[] = HARMLESS,
): readonly (keyof SignInHints)[] {
  if (names.every((name) => HINTS.includes(name))) return names
  throw new AuthError('invalid_argument', `\`crossSiteHints\` are of ${HINTS.join(', ')}.`)
}

/** A navigation to the sign-in, and from whom hints are taken. */
export interface HintSource {
  readonly request: Request
  readonly url: URL
  readonly callers: Callers
  /** The hints that anybody may give. */
  readonly anybody: readonly (keyof SignInHints)[]
}

/** What an address asks of a sign-in. */
export interface FoundHints {
  readonly hints: SignInHints
  /** The names of what it asks besides, and does not get. */
  readonly refused: readonly string[]
}

/** The most characters of a `state`, and of `claims`: longer ones make cookies that no server takes. */
const LONGEST = 1_024

/** What an address says of `claims`; what is none stays a text, which the auth server refuses. */
function claimsIn(json: string): unknown {
  if (json.length > LONGEST) {
    throw new AuthError('invalid_argument', `\`claims\` have at most ${LONGEST} characters.`)
  }
  try {
    return parseJson(json)
  } catch {
    return json
  }
}

/** A hint as the auth server gets it. */
function readHint(name: (typeof HINTS)[number], text: string): unknown {
  if (name === 'maxAge') return Number(text)
  return name === 'claims' ? claimsIn(text) : text
}

/**
 * The hints of a sign-in. By `connectionId` and its like a page of another site could have somebody
 * signed in by its own identity provider, as whom it likes. Nor may a redirect of a page of ours choose for somebody
 * who comes from elsewhere: browsers say there what they said at first (Fetch Metadata §2.3), and an address that was
 * made for a redirect looks like one that a stranger had made for himself.
 * @throws AuthError `invalid_argument` for claims that are too long.
 */
export function hintsOf({ request, url, callers, anybody }: HintSource): FoundHints {
  const isOwn = isOwnNavigation(request, callers)
  const asks = (name: string): boolean => Boolean(url.searchParams.get(name))
  const isTaken = (name: (typeof HINTS)[number]): boolean => isOwn || anybody.includes(name)
  const taken = HINTS.filter((name) => asks(name) && isTaken(name))
  const pairs = taken.map((name) => [name, readHint(name, url.searchParams.get(name) ?? '')])
  return {
    hints: Object.fromEntries(pairs),
    refused: [
      ...HINTS.filter((name) => asks(name) && !isTaken(name)),
      ...(asks('state') && !isOwn ? ['state'] : []),
    ],
  }
}

/** Says why hints were not taken, and what an app can do. */
export function refusedHints(names: readonly string[], cause?: unknown): AuthError {
  const list = names.map((name) => `\`${name}\``).join(', ')
  return new AuthError(
    'invalid_argument',
    `The sign-in did not take ${list}: the browser came from a mail, a bookmark or another site, maybe by a redirect of a page of this app. Show a link to the sign-in in place of redirecting there, or list in \`crossSiteHints\` what any link may choose.`,
    { cause },
  )
}

/**
 * The text that a page of ours gives a sign-in to carry; nothing from anybody else, for it may say what the
 * person is to get.
 * @throws AuthError `invalid_argument` for one that is too long.
 */
export function stateOf({
  request,
  url,
  callers,
}: Omit<HintSource, 'anybody'>): string | undefined {
  const state = url.searchParams.get('state') || undefined
  if (state === undefined || !isOwnNavigation(request, callers)) return undefined
  if (state.length <= LONGEST) return state
  throw new AuthError('invalid_argument', `\`state\` has at most ${LONGEST} characters.`)
}
