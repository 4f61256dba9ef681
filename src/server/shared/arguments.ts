import { AuthError } from '../../core/errors.js'
import type { SignOutScope } from '../../core/provider.js'
import { asObject, text } from '../../providers/shared/json.js'

/** @throws AuthError `invalid_argument` unless `value` is an object: JavaScript has no types. */
export function checkObject(what: string, value: unknown): void {
  if (typeof value === 'object' && value !== null) return
  throw new AuthError('invalid_argument', `Pass \`${what}\`, as an object.`)
}

/** @throws AuthError `invalid_argument` unless `value` is a list of names, or nothing. */
export function checkNames(what: string, value: unknown): void {
  const isName = (one: unknown): boolean => typeof one === 'string' && one !== ''
  if (value === undefined || (Array.isArray(value) && value.every(isName))) return
  throw new AuthError('invalid_argument', `Pass \`${what}\` as a list of names.`)
}

/** Whether a value is an object of texts, such as the parameters of an address. */
export const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  Object.values(asObject(value) ?? [null]).every((one) => typeof one === 'string')

/** @throws AuthError `invalid_argument` unless `value` is an object of texts, or nothing. */
export function checkTexts(what: string, value: unknown): void {
  if (value === undefined || isTexts(value)) return
  throw new AuthError('invalid_argument', `Pass \`${what}\`, as an object of texts.`)
}

/**
 * @throws AuthError `invalid_argument`, with `message`, unless `value` has these functions: what is called
 * after an exchange only would fail when the old tokens are spent.
 */
export function checkMethods(value: unknown, methods: readonly string[], message: string): void {
  const has = (name: string): boolean =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  if (!methods.every(has)) throw new AuthError('invalid_argument', message)
}

/** @throws AuthError `invalid_argument` unless `value` can be a `Cookie` header, or none. */
export function checkCookieHeader(value: unknown): void {
  if (value === undefined || value === null || typeof value === 'string') return
  throw new AuthError('invalid_argument', 'Pass the `Cookie` header as a text, or null.')
}

/** Whose sessions a sign-out may end. */
const SCOPES: readonly unknown[] = ['local', 'global', 'others']

/** Whether a sign-out may have this scope. */
export const isScope = (scope: unknown): scope is SignOutScope => SCOPES.includes(scope)

/** @throws AuthError `invalid_argument` for a scope of a sign-out that there is not. */
export function checkScope(scope: unknown): asserts scope is SignOutScope {
  if (isScope(scope)) return
  throw new AuthError('invalid_argument', '`scope` is `local`, `global` or `others`.')
}

/** @throws AuthError `invalid_argument` unless `value` is a SHA-256 in base64url (RFC 7636 §4.2). */
export function checkChallenge(value: unknown): void {
  if (/^[\w-]{43}$/.test(text(value) ?? '')) return
  const message = '`codeChallenge` is the S256 of the verifier: 43 characters of base64url.'
  throw new AuthError('invalid_argument', message)
}

/** @throws AuthError `invalid_argument` unless `value` is a text that is not empty. */
export function checkText(what: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return
  throw new AuthError('invalid_argument', `Pass \`${what}\`, as a text.`)
}
