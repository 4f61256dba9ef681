import { sha256Hex } from '../server/encoding.js'
import type { Fields } from '../server/json.js'
import { PROTECTED_CLAIMS } from './access-tokens.js'
import { refuse, unauthorised } from './answers.js'
import {
  antiCsrfOf,
  type Call,
  type CoreContext,
  type Handler,
  identityOf,
  type SessionRow,
} from './context.js'
import { flag, object, optionalFlag, optionalText, text } from './fields.js'
import type { MintedToken, RefreshTokenContents } from './refresh-tokens.js'
import { byGrace, byPromotion, type Exchange, type ReuseSubtype } from './rotation.js'
import { accessTokenFields, keyFields, refreshTokenFields } from './token-answers.js'

/** Whether the static key is asked for; `null` when the request leaves it as it is. */
function staticKeyOf({ body, dialect }: Call, choice = dialect.keyChoice): boolean | null {
  if (choice === 'none') return null
  const read = choice === 'required' ? flag : optionalFlag
  const asked = read(body, 'useDynamicSigningKey')
  return asked === null ? null : !asked
}

/** What a new pair of tokens is for. */
interface Pair {
  readonly row: SessionRow
  readonly minted: MintedToken
  readonly parentHash1: string | null
  readonly antiCsrf: string | null
}

async function tokensAnswer(
  context: CoreContext,
  { row, minted, parentHash1, antiCsrf }: Pair,
  { dialect }: Call,
): Promise<Fields> {
  const { handle, userId, userDataInJWT: userData, staticKey } = row
  const refreshTokenHash1 = minted.hash1
  const token = { handle, userId, refreshTokenHash1, parentHash1, antiCsrf, userData, staticKey }
  return {
    session: identityOf(row, userData, dialect),
    accessToken: await accessTokenFields(context, { ...token, format: dialect.format }, dialect),
    ...refreshTokenFields(context, minted, dialect),
    ...(antiCsrf !== null && { antiCsrfToken: antiCsrf }),
    status: 'OK',
  }
}

/** `POST /session` and `POST /recipe/session` */
export const create: Handler = async (context, call) => {
  const { body, dialect } = call
  const userId = text(body, 'userId')
  const antiCsrf = antiCsrfOf(context, call) ? context.newId() : null
  const userDataInJWT = object(body, 'userDataInJWT')
  const userDataInDatabase = object(body, 'userDataInDatabase')
  const staticKey = staticKeyOf(call, dialect.keyChoiceAtStart) ?? false
  if (dialect.jwt && Object.keys(userDataInJWT).some((name) => PROTECTED_CLAIMS.has(name))) {
    return refuse(400, 'The user payload contains protected field')
  }
  const handle = context.newId()
  const minted = await context.tokens.mint({ handle, userId, parentHash1: null, antiCsrf })
  const timeCreated = context.now()
  const row: SessionRow = {
    handle,
    userId,
    userDataInJWT,
    userDataInDatabase,
    timeCreated,
    expiry: timeCreated + context.refreshTokenValidity,
    lineage: { current: minted.hash2, previous: null, rotatedAt: timeCreated },
    staticKey,
  }
  context.rows.set(handle, row)
  const answer = await tokensAnswer(context, { row, minted, parentHash1: null, antiCsrf }, call)
  return { ...answer, ...(await keyFields(context, dialect)) }
}

/** Reads a refresh token and checks what else must come with it; else the answer that refuses. */
async function readRefreshToken(
  context: CoreContext,
  call: Call,
): Promise<RefreshTokenContents | { readonly refusal: Fields }> {
  const { body, dialect } = call
  const token = text(body, 'refreshToken')
  const given = optionalText(body, 'antiCsrfToken')
  const enabled = antiCsrfOf(context, call)
  staticKeyOf(call)
  const contents = await context.tokens.read(token)
  if ('failure' in contents) {
    const survives = dialect.recipe || contents.foreign
    const refusal = unauthorised(contents.failure)
    return survives ? { refusal } : refuse(500, 'Internal Error')
  }
  const checked = enabled && dialect.antiCsrfAtRefresh && contents.antiCsrf !== null
  return checked && contents.antiCsrf !== given
    ? { refusal: unauthorised('Anti CSRF token missing, or not matching') }
    : contents
}

/** Ends a session over a reused token, where the core does so itself, and says what it saw. */
function reused(
  { rotation, rows }: CoreContext,
  { handle, userId }: SessionRow,
  { subtype, dialect }: { readonly subtype: ReuseSubtype } & Pick<Call, 'dialect'>,
): Fields {
  const graceful = rotation !== 'promotion'
  const detail = graceful && dialect.reuseSubtype && { recentTokenReuseSubtype: subtype }
  if (graceful) {
    rows.delete(handle)
    if (rotation.reuse === 'UNAUTHORISED' && subtype !== 'STALE_LINEAGE') {
      return unauthorised('The refresh token was replaced lately', { ...detail })
    }
  }
  const session = { handle, userId, ...(dialect.recipeUserId && { recipeUserId: userId }) }
  return { status: 'TOKEN_THEFT_DETECTED', session, ...detail }
}

/** `POST /session/refresh` and `POST /recipe/session/refresh` */
export const refresh: Handler = async (context, call) => {
  const { rotation, tokens } = context
  const contents = await readRefreshToken(context, call)
  if ('refusal' in contents) return contents.refusal
  const antiCsrf = antiCsrfOf(context, call) ? context.newId() : null
  const hash1 = await sha256Hex(text(call.body, 'refreshToken'))
  const presented = await sha256Hex(hash1)
  const { handle, userId, parentHash1 } = contents
  const minted = await tokens.mint({ handle, userId, parentHash1: hash1, antiCsrf })
  const parent = parentHash1 === null ? null : await sha256Hex(parentHash1)
  const now = context.now()
  // From here to the end of the decision nothing waits: requests with one token come one by one.
  const row = context.rows.get(handle)
  if (!row || row.expiry < now) return unauthorised('Session missing in db or has expired')
  const exchange: Exchange = { presented, parent, next: minted.hash2, now }
  const decision =
    rotation === 'promotion'
      ? byPromotion(row.lineage, exchange)
      : byGrace(row.lineage, exchange, rotation.grace)
  if (decision.type === 'reused') return reused(context, row, { ...call, ...decision })
  row.lineage = decision.lineage
  row.staticKey = staticKeyOf(call) ?? row.staticKey
  if (decision.extended) row.expiry = now + context.refreshTokenValidity
  const pair = { row, minted, antiCsrf }
  const child = rotation === 'promotion' ? hash1 : null
  return tokensAnswer(context, { ...pair, parentHash1: child }, call)
}
