import { AuthError } from '../../core/errors.js'
import { asObject, text } from '../shared/json.js'
import { invalid } from '../shared/url.js'

/** @throws AuthError `bad_response`, always. */
export function bad(): never {
  throw new AuthError('bad_response', 'The answer describes no factor.')
}

/** The fields of an answer. @throws AuthError `bad_response` */
export const fieldsOf = (body: unknown): Readonly<Record<string, unknown>> =>
  asObject(body) ?? bad()

/** A text of an answer. @throws AuthError `bad_response` */
export const need = (value: unknown): string => text(value) ?? bad()

/** A number of an answer. @throws AuthError `bad_response` */
export const count = (value: unknown): number => (typeof value === 'number' ? value : bad())

/** Checks that whatever a caller gave is a text that says something. @throws AuthError `invalid_argument` */
export function checkTexts(options: object | undefined): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    if (value !== undefined && !text(value)) invalid(`\`${name}\` is no text.`)
  }
}

/**
 * The path of the factor that options name. @throws AuthError `invalid_argument` for what is no id: it
 * could lead to another path.
 */
export function pathOf(options: { readonly factorId: string }): string {
  checkTexts(options)
  const id = options?.factorId
  return /^[\w-]+$/.test(id ?? '') ? `/factors/${id}` : invalid('`factorId` is no id.')
}

/** A code as it was typed, without blanks: apps show `123 456`. @throws AuthError `invalid_argument` */
export const codeOf = (code: string | undefined): string =>
  code?.replace(/\s/g, '') || invalid('`code` is missing.')
