import type { Fields } from '../server/json.js'
import { type AccessToken, issueAccessToken } from './access-tokens.js'
import type { CoreContext, Handler } from './context.js'
import type { MintedToken } from './refresh-tokens.js'
import type { Dialect } from './versions.js'

/** How the cookies of a core before 2.4 are. */
interface CookieSettings {
  /** Interface 1.0 must name one. */
  readonly domain: string | undefined
  readonly secure: boolean
  readonly sameSite: string
  readonly accessTokenPath: string
  readonly refreshTokenPath: string
}

const settingsOf = ({ cookie }: CoreContext, { version }: Dialect): CookieSettings => ({
  domain: cookie.domain ?? (version === '1.0' ? 'localhost' : undefined),
  secure: cookie.secure ?? false,
  sameSite: cookie.sameSite ?? 'lax',
  accessTokenPath: cookie.accessTokenPath ?? '/',
  refreshTokenPath: cookie.refreshTokenPath ?? '/session/refresh',
})

type CookieKind = 'access' | 'refresh' | 'idRefresh'

/** What a core before 2.4 says of a cookie, beside its token. */
function cookieFields(context: CoreContext, kind: CookieKind, dialect: Dialect): Fields {
  const first = dialect.version === '1.0'
  if (dialect.recipe || (first && kind === 'idRefresh')) return {}
  const { domain, secure, sameSite, ...paths } = settingsOf(context, dialect)
  return {
    cookiePath: kind === 'refresh' ? paths.refreshTokenPath : paths.accessTokenPath,
    cookieSecure: secure,
    ...(domain !== undefined && { domain }),
    ...(!first && { sameSite }),
  }
}

/** What an access token is made for. */
export type NewAccessToken = Omit<AccessToken, 'createdTime' | 'expiry' | 'lmrt'> &
  Partial<Pick<AccessToken, 'expiry' | 'lmrt'>> & { readonly staticKey: boolean }

/** A fresh access token, as answers have it. */
export async function accessTokenFields(
  context: CoreContext,
  { staticKey, ...token }: NewAccessToken,
  dialect: Dialect,
): Promise<Fields> {
  const createdTime = context.now()
  const expiry = createdTime + context.accessTokenValidity
  const lmrt = dialect.recipe ? null : createdTime
  const whole = { lmrt, expiry, ...token, createdTime }
  const issued = await issueAccessToken(whole, context.keys.current(staticKey))
  return { ...issued, ...cookieFields(context, 'access', dialect) }
}

/** A minted refresh token, and the id that told old front ends of it, as answers have them. */
export function refreshTokenFields(
  context: CoreContext,
  { token }: MintedToken,
  dialect: Dialect,
): Fields {
  const createdTime = context.now()
  const life = { expiry: createdTime + context.refreshTokenValidity, createdTime }
  const idCookie = cookieFields(context, 'idRefresh', dialect)
  const idRefreshToken = { token: context.newId(), ...life, ...idCookie }
  return {
    refreshToken: { token, ...life, ...cookieFields(context, 'refresh', dialect) },
    ...(!dialect.jwt && { idRefreshToken }),
  }
}

/** The key that verifies access tokens, as cores before 2.21 hand it out. */
export async function keyFields({ keys }: CoreContext, dialect: Dialect): Promise<Fields> {
  if (dialect.jwt) return {}
  const key = keys.current(false)
  const list = keys.candidates(null).map(async (known) => ({
    publicKey: await known.der(),
    createdAt: known.createdAt,
    expiryTime: known.expiry,
  }))
  return {
    jwtSigningPublicKey: await key.der(),
    jwtSigningPublicKeyExpiryTime: key.expiry,
    ...(dialect.keyList && { jwtSigningPublicKeyList: await Promise.all(list) }),
  }
}

/** `POST /recipe/handshake`: from 2.4 to 2.20 cookies are the app's, and nothing is told of them. */
export const recipeHandshake: Handler = async (context, { dialect }) => ({
  status: 'OK',
  ...(await keyFields(context, dialect)),
  ...(!dialect.antiCsrfPerRequest && { enableAntiCsrf: context.antiCsrf }),
  accessTokenBlacklistingEnabled: false,
  accessTokenValidity: context.accessTokenValidity,
  refreshTokenValidity: context.refreshTokenValidity,
})

/** `POST /handshake`: what a core before 2.4 tells of its settings. */
export const handshake: Handler = async (context, { dialect }) => {
  const { domain, secure, sameSite, ...paths } = settingsOf(context, dialect)
  const since2 = {
    cookieSameSite: sameSite,
    idRefreshTokenPath: paths.accessTokenPath,
    sessionExpiredStatusCode: 401,
  }
  return {
    status: 'OK',
    ...(await keyFields(context, dialect)),
    ...(domain !== undefined && { cookieDomain: domain }),
    cookieSecure: secure,
    ...paths,
    enableAntiCsrf: context.antiCsrf,
    accessTokenBlacklistingEnabled: false,
    ...(dialect.version !== '1.0' && since2),
  }
}
