import { sha256Hex } from '../server/encoding.js'
import type { Fields } from '../server/json.js'
import { type AccessToken, readAccessToken, readUnverified } from './access-tokens.js'
import { refuse, unauthorised } from './answers.js'
import { checkClaims } from './claims.js'
import {
  antiCsrfOf,
  type Call,
  type CoreContext,
  type Handler,
  identityOf,
  type SessionRow,
} from './context.js'
import { flag, object, optionalText, text } from './fields.js'
import { promote } from './rotation.js'
import { accessTokenFields, keyFields } from './token-answers.js'

/** What is wrong with an access token in itself, or `null`. */
function faultOf(
  token: AccessToken | null,
  {
    now,
    given,
    checked,
  }: { readonly now: number; readonly given: string | null; readonly checked: boolean },
): string | null {
  if (!token) return 'io.supertokens.session.jwt.JWT$JWTException: JWT verification failed'
  if (checked && token.antiCsrf === null) {
    return 'Access token does not contain all the information. Maybe the structure has changed?'
  }
  if (token.expiry < now) return 'Access token expired'
  return checked && given !== token.antiCsrf ? 'anti-csrf check failed' : null
}

const BLACKLISTED = 'Either the session has ended or has been blacklisted'

const changed = (token: AccessToken, row: SessionRow): boolean =>
  JSON.stringify(token.userData) !== JSON.stringify(row.userDataInJWT)

/** A token that the core has looked at, and what it was asked about it. */
interface Question {
  readonly token: AccessToken
  readonly checkDatabase: boolean
  readonly call: Call
}

const accepted = ({ token, call }: Question, extra: Fields = {}): Fields => ({
  session: identityOf(token, token.userData, call.dialect),
  ...extra,
  status: 'OK',
})

/** The answer with a token that replaces the one that was shown. */
async function replaced(
  context: CoreContext,
  { token, call }: Question,
  row: SessionRow,
): Promise<Fields> {
  const { createdTime: _, expiry: __, ...kept } = token
  const { userDataInJWT: userData, staticKey } = row
  const next = { ...kept, userData, staticKey }
  return {
    session: identityOf(row, userData, call.dialect),
    accessToken: await accessTokenFields(context, { ...next, parentHash1: null }, call.dialect),
    status: 'OK',
  }
}

/** Promotion: the first use of a token's child puts it into force. */
async function verifyByPromotion(context: CoreContext, question: Question): Promise<Fields> {
  const { token, checkDatabase } = question
  const { handle, parentHash1 } = token
  const own = await sha256Hex(token.refreshTokenHash1)
  const parent = parentHash1 === null ? null : await sha256Hex(parentHash1)
  const row = context.rows.get(handle)
  if (checkDatabase && !row) return unauthorised(BLACKLISTED)
  const outdated = checkDatabase && row !== undefined && changed(token, row)
  if (parent === null && !outdated) return accepted(question)
  if (!row) return unauthorised('Session missing in db')
  if (parent === row.lineage.current) {
    row.lineage = promote(row.lineage, own, context.now())
    row.expiry = context.now() + context.refreshTokenValidity
    return replaced(context, question, row)
  }
  const known = own === row.lineage.current || outdated
  return known ? replaced(context, question, row) : accepted(question)
}

/** Grace: verifying changes nothing and gives nothing. */
async function verifyByGrace(context: CoreContext, question: Question): Promise<Fields> {
  const { token, checkDatabase, call } = question
  if (!checkDatabase) return accepted(question)
  const own = await sha256Hex(token.refreshTokenHash1)
  const row = context.rows.get(token.handle)
  if (!row) return unauthorised(BLACKLISTED)
  const { current, previous } = row.lineage
  const parent = token.parentHash1 === null ? null : await sha256Hex(token.parentHash1)
  // A child of one of the two comes of a core that promotes.
  const known = [own, parent].some((hash) => hash && (hash === current || hash === previous))
  if (!known) {
    return unauthorised('rotated-out token branch; refresh required')
  }
  const told = call.dialect.rotatesAtRefresh && { payloadUpdateAvailable: changed(token, row) }
  return accepted(question, { ...told })
}

/** `POST /session/verify` and `POST /recipe/session/verify` */
export const verify: Handler = async (context, call) => {
  const { body, dialect } = call
  const accessToken = text(body, 'accessToken')
  const given = optionalText(body, 'antiCsrfToken')
  const doCheck = flag(body, 'doAntiCsrfCheck')
  const checked = antiCsrfOf(context, call) && doCheck
  const checkDatabase = dialect.jwt && flag(body, 'checkDatabase')
  const token = await readAccessToken(accessToken, context.keys)
  const fault = faultOf(token, { now: context.now(), given, checked })
  const keys = await keyFields(context, dialect)
  if (fault !== null || !token) return { status: 'TRY_REFRESH_TOKEN', ...keys, message: fault }
  const judge = dialect.rotatesAtRefresh ? verifyByGrace : verifyByPromotion
  const answer = await judge(context, { token, checkDatabase, call })
  return answer.status === 'OK' ? { ...answer, ...keys } : answer
}

/** `POST /recipe/session/regenerate`: another payload, the life that is left. */
export const regenerate: Handler = async (context, { body, dialect }) => {
  const accessToken = text(body, 'accessToken')
  const asked = (body.userDataInJWT ?? null) === null ? null : object(body, 'userDataInJWT')
  // Cores believe what they are shown here, and sign it anew: it is for SDKs to verify it first.
  const token = readUnverified(accessToken)
  if (!token) return refuse(500, 'Internal Error')
  const row = context.rows.get(token.handle)
  if (!row) return unauthorised('Session does not exist.')
  if (asked) checkClaims(asked, dialect)
  const userData = asked ?? row.userDataInJWT
  row.userDataInJWT = userData
  const session = identityOf(token, userData, dialect)
  if (token.expiry < context.now()) return { session, status: 'OK' }
  const { createdTime: _, lmrt: __, ...kept } = token
  const next = { ...kept, userData, staticKey: row.staticKey }
  return { session, accessToken: await accessTokenFields(context, next, dialect), status: 'OK' }
}
