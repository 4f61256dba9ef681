import { putCookies } from '../../requests/answer-headers.js'
import { forbidStorage, untilSent } from '../../requests/caching.js'
import { GeneralError, isSuperTokensError, TryRefreshTokenError } from '../errors.js'
import type { Turn } from './delivery.js'
import { cookieIn, eraseFormer } from './token-cookies.js'

/** What SuperTokens calls the answer that erases cookies of former places. */
const DUPLICATES = 'CLEAR_DUPLICATE_SESSION_COOKIES'

/** Whether a refresh ended with cookies erased at former places: the next one will do. */
export const isDuplicatesError = (error: unknown): boolean =>
  isSuperTokensError(error, 'TRY_REFRESH_TOKEN') && error.serverCode === DUPLICATES

/**
 * Looks for several refresh tokens or access tokens in the cookies of a request. Which is right
 * cannot be told, and a wrong one looks like theft: those at former places are erased instead.
 * @throws SuperTokensError `TRY_REFRESH_TOKEN` after that; `GENERAL_ERROR` where no former place is
 * known.
 */
export async function resolveDuplicates({ settings, credentials, answer }: Turn): Promise<void> {
  const { refreshTokens, accessTokens, cookies } = credentials
  if (refreshTokens.length <= 1 && accessTokens.length <= 1) return
  const scheme = await settings.superTokens.cookieScheme()
  const former = cookies.flatMap((name) => eraseFormer(cookieIn(scheme, name)))
  if (former.length === 0) {
    const message =
      'The browser has several cookies of one name. Tell in `cookies.formerly` where they were.'
    throw new GeneralError(message, { code: 'invalid_argument' })
  }
  // The refresh token is known: its answer erases the other access token too.
  if (refreshTokens.length <= 1) return
  putCookies(answer, former)
  untilSent(answer, forbidStorage)
  const message = 'The browser had several cookies of one name. They are erased: refresh again.'
  throw new TryRefreshTokenError(message, { serverCode: DUPLICATES })
}
