import type { RequiredStep } from '../../core/errors.js'
import type { Impersonator } from '../../core/session.js'
import { asObject, text } from './json.js'

export type { RequiredStep } from '../../core/errors.js'

declare module '../../core/errors.js' {
  interface RequiredStep {
    /** With it a sign-in goes on that wants another step, at WorkOS and Auth0. A secret. */
    readonly pendingAuthenticationToken?: string | undefined
    /** The connections to choose from, at WorkOS. */
    readonly connectionIds?: readonly string[] | undefined
  }
}

/** The organizations to choose from, each by its id where it has no name; nothing for no list. */
export function readOrganizations(value: unknown): RequiredStep['organizations'] {
  if (!Array.isArray(value)) return undefined
  return value.flatMap((item: unknown) => {
    const { id, name } = asObject(item) ?? {}
    const known = text(id)
    return known ? [{ id: known, name: text(name) ?? known }] : []
  })
}

/** An address that an app may navigate to: a script must not pass for one. */
export const readPageUrl = (value: unknown): string | undefined =>
  text(value)?.match(/^https?:.+/)?.[0]

/** Who acts as the user of a session; nothing without an email address. */
export function readImpersonator(value: unknown): Impersonator | undefined {
  const { email, reason } = asObject(value) ?? {}
  const known = text(email)
  return known ? { email: known, reason: text(reason) ?? null } : undefined
}
