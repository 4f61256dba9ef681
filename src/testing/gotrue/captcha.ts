import { field, objectField } from '../server/json.js'
import type { Call, ServerContext } from './context.js'
import { refuse } from './errors.js'
import { perServer } from './per-server.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

/** The grants for which nobody guesses anything (`isIgnoreCaptchaRoute` of GoTrue's middleware.go). */
const FREE: ReadonlySet<string | null> = new Set(['pkce', 'refresh_token', 'id_token'])

const spentAt = perServer(() => new Set<string>())

/** In the words of Turnstile, whose codes GoTrue hands on. */
const disallow = (why: string): never =>
  refuse(400, 'captcha_failed', `captcha protection: request disallowed (${why})`)

/**
 * Spends the proof that a person is there, where this server wants one.
 * @throws GoTrueRefusal `captcha_failed`
 */
export function checkCaptcha(context: ServerContext, { body }: Call): void {
  const { captcha } = context.options
  if (!captcha) return
  const security = objectField(body, 'gotrue_meta_security') ?? {}
  const token = (field(security, 'captcha_token') ?? '').trim()
  if (token === '') disallow('no captcha_token found')
  if (!captcha.tokens.includes(token)) disallow('invalid-input-response')
  const spent = spentAt(context)
  if (spent.has(token)) disallow('timeout-or-duplicate')
  spent.add(token)
}

/** Wants that proof before anything else. */
export const withCaptcha =
  (route: Route): Route =>
  async (context, call) => {
    checkCaptcha(context, call)
    return route(context, call)
  }

/** As `withCaptcha`, but for grants whose proof is enough. */
export const withCaptchaOfGrants =
  (route: Route): Route =>
  async (context, call) => {
    if (!FREE.has(call.url.searchParams.get('grant_type'))) checkCaptcha(context, call)
    return route(context, call)
  }
