/** A refusal in GoTrue's words. */
export class GoTrueRefusal extends Error {
  readonly status: number
  readonly code: string
  readonly extra: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    code: string,
    message: string,
    extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.extra = extra
  }
}

/** Throws a refusal. */
export function refuse(
  status: number,
  code: string,
  message: string,
  extra: Readonly<Record<string, unknown>> = {},
): never {
  throw new GoTrueRefusal(status, code, message, extra)
}

/** A JSON answer. */
export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(body === null ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })

/** The API version that changed the format; any later date is answered as this one. */
const VERSION = '2024-01-01'

/** A refusal in the format that the request's API version asks for. */
export function refusalResponse(refusal: GoTrueRefusal, request: Request): Response {
  const { status, code, message, extra } = refusal
  const asked = request.headers.get('X-Supabase-Api-Version') ?? ''
  const headers = { 'x-sb-error-code': code }
  const isDate = /^\d{4}-\d\d-\d\d$/.test(asked) && !Number.isNaN(Date.parse(asked))
  return isDate && asked >= VERSION
    ? json(status, { code, message, ...extra }, { ...headers, 'x-supabase-api-version': VERSION })
    : json(status, { code: status, error_code: code, msg: message, ...extra }, headers)
}
