import { checkMethods, checkObject } from '../../shared/arguments.js'
import { checkClaims } from '../claims/check-claims.js'
import { isSuperTokensError } from '../errors.js'
import { toSuperTokensError } from '../guard.js'
import { readCredentials } from './credentials.js'
import type { WebSettings } from './delivery.js'
import { subjectOf, wantedValidators } from './session-claims.js'
import { type KnownSession, readingOf, withUpdate } from './session-object.js'
import { shownAccessToken } from './turn.js'
import type { SuperTokensSessions, WebRequest } from './types.js'

/** @throws SuperTokensError `GENERAL_ERROR`, `invalid_argument`, for what has no headers. */
function headersIn(request: Headers | Pick<WebRequest, 'headers'>): Headers {
  try {
    checkObject('request', request)
    const headers = 'headers' in request ? request.headers : request
    checkMethods(headers, ['get', 'has'], 'Pass the `request`, or its `Headers`.')
    return headers
  } catch (error) {
    throw toSuperTokensError(error)
  }
}

/** Tells who is signed in while a page is rendered. */
export function createRendering(
  settings: WebSettings,
): SuperTokensSessions['getSessionForRendering'] {
  const { superTokens, transferOf } = settings

  /** @throws SuperTokensError `TRY_REFRESH_TOKEN` and `UNAUTHORISED` where only a refresh can tell. */
  async function find(headers: Headers): Promise<KnownSession | undefined> {
    const request = { method: 'GET', headers }
    const transfer = transferOf(request, { forNewSession: false })
    const shown = shownAccessToken({ transfer, credentials: readCredentials(request) })
    if (!shown) return undefined
    const { token } = shown
    const how = { doAntiCsrfCheck: false, readOnly: true }
    const { session } = await superTokens.getSession(token, how)
    return { session, accessToken: token }
  }

  return async (request, { overrideGlobalClaimValidators: override } = {}) => {
    const headers = headersIn(request)
    let known: KnownSession | undefined
    try {
      known = await find(headers)
    } catch (error) {
      // A session that is over is found out by the refresh too, which can take the tokens away.
      const asks = isSuperTokensError(error, 'TRY_REFRESH_TOKEN')
      if (asks || isSuperTokensError(error, 'UNAUTHORISED')) return { status: 'try-refresh' }
      throw error
    }
    if (!known) return { status: 'signed-out' }
    let found = known
    const session = readingOf(() => found)
    const validators = await wantedValidators(
      settings,
      override && ((all) => override(all, session)),
    )
    const { update, errors } = await checkClaims(subjectOf(found.session), validators, settings)
    // What was fetched counts for this page, and is written nowhere.
    found = withUpdate(found, update)
    return errors.length === 0
      ? { status: 'signed-in', session }
      : { status: 'invalid-claims', session, claimValidationErrors: errors }
  }
}
