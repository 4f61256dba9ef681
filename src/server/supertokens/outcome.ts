import { parseJson } from '../../core/json.js'
import { asObject, text } from '../../providers/shared/json.js'
import { positive } from '../../providers/shared/jwt.js'
import type { CoreCookie, CoreToken, CoreTokens } from './core-api.js'
import type { StolenSession } from './errors.js'
import type { SessionIdentity } from './types.js'

/**
 * What the core said to a refresh, for all who share it. Its refusals are part of it: a
 * coordinator carries failures as it likes, and would lose whose session was stolen.
 */
export type Outcome =
  | { readonly type: 'renewed'; readonly tokens: CoreTokens }
  | { readonly type: 'over'; readonly message: string; readonly serverCode?: string | undefined }
  | ({ readonly type: 'theft' } & StolenSession)

type Fields = Readonly<Record<string, unknown>>

const SAME_SITES = ['lax', 'strict', 'none'] as const

function readCookie(value: unknown): CoreCookie | undefined {
  const { path, secure, domain, sameSite } = asObject(value) ?? {}
  if (!text(path) || typeof path !== 'string' || typeof secure !== 'boolean') return undefined
  const known = SAME_SITES.find((one) => one === sameSite)
  return { path, secure, domain: text(domain), sameSite: known }
}

function readToken(value: unknown): CoreToken | null {
  const fields = asObject(value) ?? {}
  const token = text(fields.token)
  const expiry = positive(fields.expiry)
  const createdTime = positive(fields.createdTime)
  if (!token || !expiry || !createdTime) return null
  return { token, expiry, createdTime, cookie: readCookie(fields.cookie) }
}

function readIdentity(value: unknown): SessionIdentity | null {
  const fields = asObject(value) ?? {}
  const handle = text(fields.handle)
  const userId = text(fields.userId)
  const userDataInJWT = asObject(fields.userDataInJWT)
  if (!handle || !userId || !userDataInJWT) return null
  const { tenantId, recipeUserId } = fields
  return {
    handle,
    userId,
    userDataInJWT,
    tenantId: text(tenantId),
    recipeUserId: text(recipeUserId),
  }
}

function readTokens(value: unknown): CoreTokens | null {
  const fields = asObject(value) ?? {}
  const session = readIdentity(fields.session)
  const accessToken = readToken(fields.accessToken)
  const refreshToken = readToken(fields.refreshToken)
  if (!session || !accessToken || !refreshToken) return null
  const idRefreshToken = readToken(fields.idRefreshToken) ?? undefined
  const antiCsrfToken = text(fields.antiCsrfToken)
  return { session, accessToken, refreshToken, idRefreshToken, antiCsrfToken }
}

function fromFields(fields: Fields): Outcome | null {
  const { type } = fields
  if (type === 'over') {
    const { message, serverCode } = fields
    return { type, message: text(message) ?? '', serverCode: text(serverCode) }
  }
  if (type === 'theft') {
    const sessionHandle = text(fields.sessionHandle)
    const userId = text(fields.userId)
    return sessionHandle && userId ? { type, sessionHandle, userId } : null
  }
  const tokens = type === 'renewed' ? readTokens(fields.tokens) : null
  return tokens && { type: 'renewed', tokens }
}

/** Reads what another call wrote; `null` for anything else. */
export function readOutcome(written: string): Outcome | null {
  try {
    return fromFields(asObject(parseJson(written)) ?? {})
  } catch {
    return null
  }
}

/** Writes an outcome as text. */
export const writeOutcome = (outcome: Outcome): string => JSON.stringify(outcome)
