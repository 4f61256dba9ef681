import { AuthError } from '../../core/errors.js'
import type { SignInHints } from '../../providers/backend/types.js'
import { type Callers, isOwnNavigation } from './guard.js'

const HINTS = [
  'organizationId',
  'loginHint',
  'domainHint',
  'invitationToken',
  'prompt',
  'provider',
  'connectionId',
  'maxAge',
] as const

/** What cannot lead somebody to sign in as another. */
const HARMLESS: readonly (keyof SignInHints)[] = ['invitationToken', 'prompt', 'maxAge']

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

/**
 * The hints of a sign-in. By `connectionId` and its like a page of another site could have somebody
 * signed in by its own identity provider, as whom it likes.
 */
export function hintsOf({ request, url, callers, anybody }: HintSource): SignInHints {
  const taken = isOwnNavigation(request, callers) ? HINTS : anybody
  const given = taken.flatMap((name) => {
    const value = url.searchParams.get(name)
    return value ? [[name, name === 'maxAge' ? Number(value) : value]] : []
  })
  return Object.fromEntries(given)
}

/** The most characters of a `state`: longer ones make cookies that no server takes. */
const LONGEST_STATE = 1_024

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
  if (state.length <= LONGEST_STATE) return state
  throw new AuthError('invalid_argument', `\`state\` has at most ${LONGEST_STATE} characters.`)
}
