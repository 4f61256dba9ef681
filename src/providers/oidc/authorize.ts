import { asObject, snakeCase, texts } from '../shared/json.js'
import { invalid } from '../shared/url.js'
import type { OidcSignInOptions } from './types.js'

const TEXTS = [
  'prompt',
  'loginHint',
  'acrValues',
  'uiLocales',
  'resource',
  'audience',
  'organization',
  'scope',
] as const

/**
 * The options of a call.
 * @throws AuthError `invalid_argument` for what is no object.
 */
export const checked = <Options extends object>(given: Options): Options =>
  asObject(given) ? given : invalid('Pass the options as an object.')

/** An address with fields added to its query. */
export const withQuery = (endpoint: string, fields: Readonly<Record<string, string>>): string =>
  `${endpoint}${endpoint.includes('?') ? '&' : '?'}${new URLSearchParams(fields)}`

/**
 * Parameters as they are sent; what is not given is left out.
 * @throws AuthError `invalid_argument` for what is no text.
 */
export function toTexts(given: unknown = {}): Record<string, string> {
  const fields = asObject(given)
  if (!fields) return invalid('Pass the parameters as an object of texts.')
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    if (typeof value !== 'string') return invalid(`\`${name}\` must be a text.`)
    kept[name] = value
  }
  return kept
}

/** The values of which the id token has to name one as its `acr`, where claims want that (OIDC Core §5.5.1.1). */
export function essentialAcr(claims: unknown): readonly string[] | undefined {
  const { essential, value, values } = asObject(asObject(asObject(claims)?.id_token)?.acr) ?? {}
  const wanted = texts([value].concat(values))
  return essential === true && wanted?.length ? wanted : undefined
}

/**
 * What a sign-in asks for, by the names of OAuth.
 * @throws AuthError `invalid_argument` for what is of another kind.
 */
export function toParameters(options: OidcSignInOptions): Record<string, string> {
  const { maxAge, claims } = options
  if (maxAge !== undefined && !(maxAge >= 0 && maxAge < Infinity)) {
    return invalid('`maxAge` must be a number of milliseconds.')
  }
  if (claims !== undefined && !asObject(claims)) return invalid('`claims` must be an object.')
  const texts = toTexts(Object.fromEntries(TEXTS.map((name) => [name, options[name]])))
  const named = Object.entries(texts).map(([name, value]) => [snakeCase(name), value])
  return {
    ...toTexts(options.parameters),
    ...Object.fromEntries(named),
    ...(maxAge !== undefined && { max_age: String(Math.floor(maxAge / 1000)) }),
    ...(claims && { claims: JSON.stringify(claims) }),
  }
}
