import { type Fields, json } from '../server/json.js'

/** A refusal in GoTrue's words. */
export class GoTrueRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly extra: Fields

  constructor(status: number, code: string, message: string, extra: Fields = {}) {
    super(message)
    this.status = status
    this.code = code
    this.extra = extra
  }
}

/** A refusal in the words of OAuth (RFC 6749 §5.2): no code in any version. Always 400. */
export class OAuthRefusal extends Error {
  readonly error: string

  constructor(error: string, description: string) {
    super(description)
    this.error = error
  }
}

/** Throws a refusal. */
export function refuse(status: number, code: string, message: string, extra: Fields = {}): never {
  throw new GoTrueRefusal(status, code, message, extra)
}

/** Throws a refusal in the words of OAuth. An empty description is left out. */
export function refuseOAuth(error: string, description: string): never {
  throw new OAuthRefusal(error, description)
}

/** The words of OAuth for a status (GoTrue's `oauthErrorMap`). */
const OAUTH_WORDS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
}

/** What the address of a link says first of a refusal: nothing where OAuth has no word for it. */
export function oauthWord({ status }: GoTrueRefusal): Readonly<Record<string, string>> {
  const error = OAUTH_WORDS[status]
  return error ? { error } : {}
}

/** The API version that changed the format; any later date is answered as this one. */
const VERSION = '2024-01-01'

const asksForCodes = ({ headers }: Request): boolean => {
  const asked = headers.get('X-Supabase-Api-Version') ?? ''
  const isDate = /^\d{4}-\d\d-\d\d$/.test(asked) && !Number.isNaN(Date.parse(asked))
  return isDate && asked >= VERSION
}

const oauthResponse = ({ error, message }: OAuthRefusal, headers = {}): Response =>
  json(400, { error, ...(message && { error_description: message }) }, headers)

/** What the grants called `invalid_grant` before they had codes. */
const ONCE_INVALID_GRANTS: ReadonlySet<string> = new Set([
  ...['refresh_token_not_found', 'refresh_token_already_used', 'session_not_found'],
  ...['session_expired', 'user_banned', 'invalid_credentials'],
  ...['email_not_confirmed', 'phone_not_confirmed'],
])

/** A refusal of `/token` as it was before the grants had codes; `null` where it was no OAuth error. */
function onceOAuth({ code, message }: GoTrueRefusal, url: URL): OAuthRefusal | null {
  if (!url.pathname.endsWith('/token')) return null
  if (message === 'unsupported_grant_type') return new OAuthRefusal(message, '')
  // Nothing looked at the form of a refresh token then: one that was malformed was unknown.
  if (url.searchParams.get('grant_type') === 'refresh_token' && code === 'validation_failed') {
    return new OAuthRefusal('invalid_grant', 'Invalid Refresh Token: Refresh Token Not Found')
  }
  return ONCE_INVALID_GRANTS.has(code) ? new OAuthRefusal('invalid_grant', message) : null
}

/** A refusal as servers before v2.164.0 spelt it, whatever version of the API was asked for. */
function responseWithoutCodes(refusal: GoTrueRefusal, request: Request): Response {
  const oauth = onceOAuth(refusal, new URL(request.url))
  if (oauth) return oauthResponse(oauth)
  const { code, message, extra } = refusal
  const status = code === 'bad_jwt' ? 401 : refusal.status
  return json(status, { code: status, msg: message, ...extra })
}

const UNTITLED: ReadonlySet<string> = new Set(['weak_password', 'unknown'])

/** A refusal in the format that the server's age, and the request's API version, ask for. */
export function refusalResponse(
  refusal: GoTrueRefusal | OAuthRefusal,
  request: Request,
  errors: 'codes' | 'oauth' = 'codes',
): Response {
  const versioned = asksForCodes(request) && errors === 'codes'
  const echo = versioned ? { 'x-supabase-api-version': VERSION } : {}
  if (refusal instanceof OAuthRefusal) return oauthResponse(refusal, echo)
  if (errors === 'oauth') return responseWithoutCodes(refusal, request)
  const { status, code, message, extra } = refusal
  // The real one forgets this header for weak passwords and for what a hook refuses.
  const headers = { ...echo, ...(!UNTITLED.has(code) && { 'x-sb-error-code': code }) }
  return versioned
    ? json(status, { code, message, ...extra }, headers)
    : json(status, { code: status, error_code: code, msg: message, ...extra }, headers)
}

/** What a refusal says in a word, in whichever format. */
export function refusalCode({ code, error_code, error }: Fields): string | null {
  return [error_code, code, error].find((value) => typeof value === 'string') ?? null
}
