import type { AuthError } from '../../core/errors.js'
import type { Tokens } from '../../core/provider.js'
import { type FieldNames, readFields, splitAddress } from '../shared/address.js'
import { plain, quote, refusalIn } from '../shared/refusal.js'

/** What an address holds for this client. */
export type Found =
  | { readonly kind: 'error'; readonly error: AuthError }
  /** GoTrue's codes are UUIDs; what else a code is, its server knows. */
  | { readonly kind: 'code'; readonly code: string; readonly certain: boolean }
  | { readonly kind: 'message'; readonly message: string }
  | {
      readonly kind: 'tokens'
      readonly tokens: Tokens
      readonly recovery: boolean
      /** The tokens of the provider that the person came from, under GoTrue's names. */
      readonly extras: Readonly<Record<string, string>>
    }
  | { readonly kind: 'ignored'; readonly what: 'code' | 'error' | 'tokens' }

/** What can be known before looking. */
export interface Expected {
  /** Whether this browser has begun a sign-in that is still under way. */
  readonly begun: boolean
  /** The `state` of the app's own, of each redirect that is under way. */
  readonly states: readonly (string | undefined)[]
  readonly acceptFragmentTokens: boolean
}

const ERROR = ['error', 'error_code', 'error_description']
const TOKENS = [
  'access_token',
  'refresh_token',
  'expires_in',
  'expires_at',
  'token_type',
  'type',
  'provider_token',
  'provider_refresh_token',
]

/** What GoTrue adds to an address for each; nothing else is touched when it is cleaned. */
export const OURS: Readonly<Record<Exclude<Found['kind'], 'ignored'>, FieldNames>> = {
  error: { query: ERROR, fragment: [...ERROR, 'sb'] },
  code: { query: ['code'], fragment: [] },
  message: { query: ['message'], fragment: ['message', 'sb'] },
  tokens: { query: [], fragment: [...TOKENS, 'sb'] },
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * Long enough for every text of GoTrue's, and too short for a letter to whoever reads it: any link may
 * bring one here, for nothing in it shows that a sign-in was begun.
 */
const LONGEST = 200

type Fields = ReadonlyMap<string, string>

/** Whether somebody else's answer has this `state`: GoTrue sends none, but leaves the app's own where it is. */
const hasForeignState = (fields: Fields, states: Expected['states']): boolean =>
  fields.has('state') && !states.includes(fields.get('state'))

/**
 * Whether an error is GoTrue's own. Since December 2025 there is an `sb` beside it, since v2.164.0 its
 * code is a word, which was a status before; and since 2023 what a provider has said stands both in the
 * query and in the fragment. Facebook has an `error_code` too: digits, in the query, or with a `state`.
 */
function isOurs(query: Fields, fragment: Fields, states: Expected['states']): boolean {
  if (fragment.has('sb') && fragment.has('error')) return true
  const parts = [query, fragment]
  if (parts.some((part) => hasForeignState(part, states))) return false
  if (parts.some((part) => part.get('error_code')?.match(/^[a-z]\w+$/))) return true
  const said = fragment.get('error') && fragment.get('error_description')
  if (!said) return false
  return (
    said === query.get('error_description') || /^[45]\d\d$/.test(fragment.get('error_code') ?? '')
  )
}

/** Looks at an address: `null` where it holds nothing that looks like an answer. */
export function find(href: string, expected: Expected): Found | null {
  const address = splitAddress(href)
  const [query, fragment] = [readFields(address.query), readFields(address.fragment)]
  if (isOurs(query, fragment, expected.states)) {
    const said = (name: string): string | undefined => query.get(name) || fragment.get(name)
    return { kind: 'error', error: refusalIn(said, LONGEST) }
  }
  const code = query.get('code')
  const certain = UUID.test(code ?? '')
  if (code && !hasForeignState(query, expected.states) && (certain || expected.begun)) {
    return { kind: 'code', code, certain }
  }
  const message = fragment.get('message')
  // Said to the first of two links to a new address, before there was an `sb`.
  if (message && (fragment.has('sb') || message.startsWith('Confirmation link accepted'))) {
    return { kind: 'message', message: quote(plain(message, '').slice(0, LONGEST)) }
  }
  const [accessToken, refreshToken] = [fragment.get('access_token'), fragment.get('refresh_token')]
  if (accessToken && refreshToken && expected.acceptFragmentTokens) {
    const recovery = fragment.get('type') === 'recovery'
    const extras = Object.fromEntries(
      [...fragment].filter(([name]) => /^provider_.*token$/.test(name)),
    )
    return { kind: 'tokens', tokens: { accessToken, refreshToken }, recovery, extras }
  }
  if (accessToken) return { kind: 'ignored', what: 'tokens' }
  if (code) return { kind: 'ignored', what: 'code' }
  return query.has('error') || fragment.has('error') ? { kind: 'ignored', what: 'error' } : null
}
