import { isAuthError } from '../../core/errors.js'
import type { AnswerMeaning, IncomingAnswer } from '../../core/provider.js'
import { decodeBase64 } from '../shared/base64.js'
import { asObject, text } from '../shared/json.js'
import { claimsIn, type OidcStep } from './errors.js'

/** A scheme or, with what comes after `=`, a parameter: a text in quotes, or a word. */
const PART = /([^\s,="]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*)))?/g

/** The parameters of each challenge of a header (RFC 9110 §11.6.1), by their names in small letters. */
function challengesIn(header: string): readonly ReadonlyMap<string, string>[] {
  let last = new Map<string, string>()
  const found = [last]
  for (const [, name = '', quoted, word] of header.matchAll(PART)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? word
    const key = name.toLowerCase()
    if (value === undefined) {
      last = new Map()
      found.push(last)
    } else if (!last.has(key)) last.set(key, value)
  }
  return found
}

/** The claims that Entra asks for, which a challenge carries as base64. */
function decoded(base64: string | undefined): OidcStep['claims'] {
  try {
    return claimsIn(decodeBase64(base64 ?? ''))
  } catch {
    return undefined
  }
}

/** The step that a challenge asks for (RFC 9470 §3, Entra's claims challenge); `null` for none. */
function stepIn(header: string): OidcStep | null {
  for (const found of challengesIn(header)) {
    const step = found.get('error') ?? ''
    if (!/^insufficient_(user_authentication|claims)$/.test(step)) continue
    const age = Number(found.get('max_age')) * 1000
    return {
      step,
      acrValues: text(found.get('acr_values')),
      maxAge: age >= 0 && age < Infinity ? age : undefined,
      claims: decoded(found.get('claims')),
    }
  }
  return null
}

/**
 * What an answer of an API means: a 401 asks for a refresh, or for another sign-in first. For the
 * option of this name: calls of `auth.fetch` then reject with `step_required`, of which `stepOf` makes
 * what `signInUrl` takes.
 * @example
 * ```ts
 * import { oidc, stepUp } from 'holdfast/providers/oidc'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const provider = oidc({ ...own, issuer: 'https://id.example', stepUp })
 * ```
 */
export function stepUp({ status, headers }: IncomingAnswer): AnswerMeaning<never> {
  if (status !== 401) return { kind: 'none' }
  const step = stepIn(headers.get('WWW-Authenticate') ?? '')
  return step ? { kind: 'step', step } : { kind: 'refresh' }
}

/**
 * The step that an error of `auth.fetch` or of a call asks for, for `signInUrl` to take; or `null`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { oidc, stepOf, stepUp } from 'holdfast/providers/oidc'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const provider = oidc({ ...own, issuer: 'https://id.example', stepUp })
 * const auth = new AuthClient({ provider, fetchOrigins: ['https://api.example'] })
 * await auth.fetch('https://api.example/payments').catch(async (error) => {
 *   const step = stepOf(error)
 *   if (step) location.href = await auth.actions.signInUrl({ ...step, returnTo: '/payments' })
 * })
 * ```
 */
export function stepOf(error: unknown): OidcStep | null {
  if (!isAuthError(error, 'step_required')) return null
  const { step, acrValues, maxAge, claims } = asObject(error.details) ?? {}
  return {
    // Errors of releases before, and of other providers, have no details in other tabs.
    step: text(step) ?? text(error.serverCode) ?? '',
    acrValues: text(acrValues),
    maxAge: typeof maxAge === 'number' && maxAge >= 0 ? maxAge : undefined,
    claims: asObject(claims) ?? undefined,
  }
}
