import { sha256Hex } from '../server/encoding.js'
import type { Fields } from '../server/json.js'
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
import { flag, object, optionalFlag, optionalNumber, optionalText, text } from './fields.js'
import type { MintedToken, RefreshTokenContents } from './refresh-tokens.js'
import { byGrace, byPromotion, type Exchange, type ReuseSubtype } from './rotation.js'
import { accessTokenFields, keyFields, refreshTokenFields } from './token-answers.js'
import { atLeast, newest } from './versions.js'

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
  /** How long the access token lives, in ms, where that is less than usual. */
  readonly validity?: number | null
}

async function tokensAnswer(
  context: CoreContext,
  { row, minted, parentHash1, antiCsrf, validity }: Pair,
  { dialect }: Call,
): Promise<Fields> {
  const { handle, userId, tenantId, userDataInJWT: userData, staticKey } = row
  const owner = { handle, userId, tenantId }
  const hashes = { refreshTokenHash1: minted.hash1, parentHash1 }
  const token = { ...owner, ...hashes, antiCsrf, userData, staticKey }
  return {
    session: identityOf(row, userData, dialect),
    accessToken: await accessTokenFields(
      context,
      { ...token, format: dialect.format, ...(validity && { expiry: context.now() + validity }) },
      dialect,
    ),
    ...refreshTokenFields(context, minted, dialect),
    ...(antiCsrf !== null && { antiCsrfToken: antiCsrf }),
    status: 'OK',
  }
}

/** `POST /session` and `POST /recipe/session` */
export const create: Handler = async (context, call) => {
  const { body, dialect, tenantId } = call
  const userId = text(body, 'userId')
  const antiCsrf = antiCsrfOf(context, call) ? context.newId() : null
  const userDataInJWT = object(body, 'userDataInJWT')
  const userDataInDatabase = object(body, 'userDataInDatabase')
  const staticKey = staticKeyOf(call, dialect.keyChoiceAtStart) ?? false
  checkClaims(userDataInJWT, dialect)
  const validity = validityOf(context, call)
  // A handle tells whose it is, so that whatever names it needs no tenant.
  const handle = `${context.newId()}${tenantId === 'public' ? '' : `_${tenantId}`}`
  const minted = await context.tokens.mint({ handle, userId, parentHash1: null, antiCsrf })
  const timeCreated = context.now()
  const row: SessionRow = {
    handle,
    userId,
    tenantId,
    userDataInJWT,
    userDataInDatabase,
    timeCreated,
    expiry: timeCreated + context.refreshTokenValidity,
    lineage: { current: minted.hash2, previous: null, rotatedAt: timeCreated },
    staticKey,
  }
  context.rows.set(handle, row)
  const answer = await tokensAnswer(
    context,
    { row, minted, parentHash1: null, antiCsrf, validity },
    call,
  )
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
    // Since core 3.5, which brought interface 2.8.
    const survives = atLeast(newest(context.versions), '2.8') || contents.foreign
    const refusal = unauthorised(contents.failure)
    return survives ? { refusal } : refuse(500, 'Internal Error')
  }
  const checked = enabled && dialect.antiCsrfAtRefresh && contents.antiCsrf !== null
  return checked && contents.antiCsrf !== given
    ? { refusal: unauthorised('Anti CSRF token missing, or not matching') }
    : contents
}

/** For how many ms an access token is asked to live, at most as usual; since 5.6. */
function validityOf(context: CoreContext, { body, dialect }: Call): number | null {
  if (!dialect.rotatesAtRefresh) return null
  const validity = optionalNumber(body, 'accessTokenValidity')
  const most = context.accessTokenValidity
  if (validity === null || (validity > 0 && validity <= most)) return validity
  const limit = `at most the configured access_token_validity (${most} ms)`
  return refuse(400, `accessTokenValidity must be greater than 0 and ${limit}`)
}

/** Ends a session over a reused token, where the core does so itself, and says what it saw. */
function reused(
  { rotation, rows, versions }: CoreContext,
  { handle, userId }: SessionRow,
  { subtype, dialect }: { readonly subtype: ReuseSubtype } & Pick<Call, 'dialect'>,
): Fields {
  const detail = dialect.rotatesAtRefresh && { recentTokenReuseSubtype: subtype }
  if (dialect.rotatesAtRefresh) {
    rows.delete(handle)
    if (rotation.reuse === 'UNAUTHORISED' && subtype !== 'STALE_LINEAGE') {
      return unauthorised('refresh token reuse detected', { ...detail })
    }
  }
  // At every interface of a core from version 6 on, which brought 3.0.
  const named = atLeast(newest(versions), '3.0')
  const session = { handle, userId, ...(named && { recipeUserId: userId }) }
  return { status: 'TOKEN_THEFT_DETECTED', session, ...detail }
}

/** `POST /session/refresh` and `POST /recipe/session/refresh` */
export const refresh: Handler = async (context, call) => {
  const { rotation, tokens } = context
  const { rotatesAtRefresh } = call.dialect
  const contents = await readRefreshToken(context, call)
  if ('refusal' in contents) return contents.refusal
  const validity = validityOf(context, call)
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
  const decision = rotatesAtRefresh
    ? byGrace(row.lineage, exchange, rotation.grace)
    : byPromotion(row.lineage, exchange)
  if (decision.type === 'reused') return reused(context, row, { ...call, ...decision })
  row.lineage = decision.lineage
  row.staticKey = staticKeyOf(call) ?? row.staticKey
  if (decision.extended) row.expiry = now + context.refreshTokenValidity
  const pair = { row, minted, antiCsrf, validity }
  return tokensAnswer(context, { ...pair, parentHash1: rotatesAtRefresh ? null : hash1 }, call)
}
