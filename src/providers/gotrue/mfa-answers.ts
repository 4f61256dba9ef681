import { asObject, text } from '../shared/json.js'
import { needId, needText, toId } from './arguments.js'
import { holdsNo } from './wire.js'

/** @throws AuthError `bad_response`, always. */
export const bad = (): never => holdsNo('factor')

/** The fields of an answer. @throws AuthError `bad_response` */
export const fieldsOf = (body: unknown): Readonly<Record<string, unknown>> =>
  asObject(body) ?? bad()

/** A text of an answer. @throws AuthError `bad_response` */
export const need = (value: unknown): string => text(value) ?? bad()

/** An id in an answer, fit for a path. @throws AuthError `bad_response` */
export const idOf = (value: unknown): string => toId(value) ?? bad()

/** A number of an answer. @throws AuthError `bad_response` */
export const count = (value: unknown): number => (typeof value === 'number' ? value : bad())

/** The path of a factor. @throws AuthError `invalid_argument` for what is not an id */
export const pathOf = (factorId: unknown): string => `/factors/${needId('factorId', factorId)}`

/** A code as it was typed, without blanks: apps show `123 456`. @throws AuthError `invalid_argument` */
export const codeOf = (code: string | undefined): string =>
  needText('code', text(code)?.replace(/\s/g, ''))
