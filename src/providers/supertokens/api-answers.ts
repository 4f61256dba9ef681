import type { AnswerMeaning, IncomingAnswer } from '../../core/provider.js'
import type { Grant, Session } from '../../core/session.js'
import { readJson } from '../shared/body.js'
import { asObject, text } from '../shared/json.js'
import { isShallow } from './front-token.js'
import { toGrant } from './grants.js'
import { claimsOf, readName } from './names.js'
import type { Deps } from './sessions.js'
import type { FailedClaim, SuperTokensUser } from './types.js'

/** One text of JSON, whatever its parameters (RFC 9110 §8.3.1), and no sequence of several. */
const JSON_BODY = /^application\/json\s*(;|$)/i

const isResponse = (value: unknown): value is Response =>
  typeof value === 'object' && value !== null && 'headers' in value

/** The claims that an answer says a session lacks; `null` for any other answer. */
async function failedClaims({
  headers,
  copy,
}: IncomingAnswer): Promise<readonly FailedClaim[] | null> {
  // Anything else may be a stream that never ends.
  if (!JSON_BODY.test(headers.get('Content-Type') ?? '')) return null
  try {
    const response = copy?.()
    const body = isResponse(response) && (await readJson(response))
    const list = asObject(body)?.claimValidationErrors
    if (!Array.isArray(list) || !isShallow(list)) return null
    const failed = list.map((entry: unknown) => {
      const { id, reason } = asObject(entry) ?? {}
      return { id: text(id) ?? '', reason }
    })
    return failed[0] && failed.every(({ id }) => id) ? failed : null
  } catch {
    // The body broke off: whoever reads the app's own hears of it.
    return null
  }
}

/** Makes what tells what answers of the app's API mean for the session. */
export function createReadAnswer<User extends SuperTokensUser>({
  api,
  options,
}: Deps): (
  answer: IncomingAnswer,
  session: Session<User>,
) => Promise<AnswerMeaning<User> | undefined> {
  const { invalidClaimStatusCode = 403 } = options

  /** What an answer says of the session that is new; `undefined` for nothing. */
  function updateIn({ headers }: IncomingAnswer, session: Session<User>): Grant<User> | undefined {
    const { accessToken, refreshToken, sessionId, user } = session
    try {
      const cookie = readName(refreshToken ?? '')
      const known = { accessToken, refreshToken, antiCsrf: cookie?.antiCsrf }
      const { front, grant } = toGrant<User>(headers, options, known)
      const isNews =
        claimsOf(front.payload) !== claimsOf(user?.payload ?? {}) ||
        // That a token in a cookie was replaced changes nothing here.
        (!cookie && grant.accessToken !== accessToken)
      const name = cookie?.name ?? encodeURIComponent(sessionId ?? user?.id ?? '')
      return isNews && front.names.includes(name) ? grant : undefined
    } catch {
      // No `front-token`, the end of the session, or nonsense: the next refresh tells.
      return undefined
    }
  }

  return async (answer, session) => {
    const { status } = answer
    const grant = updateIn(answer, session)
    const failed = status === invalidClaimStatusCode && (await failedClaims(answer))
    if (failed) {
      return { kind: 'step', step: { step: 'invalid claim', claimValidationErrors: failed }, grant }
    }
    if (status === api.expired) return { kind: 'refresh' }
    return grant && { kind: 'update', grant }
  }
}
