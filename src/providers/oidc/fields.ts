import { parseJson } from '../../core/json.js'
import { asObject } from '../shared/json.js'

/** What an object says, whoever wrote it. */
export type Fields = Readonly<Record<string, unknown>>

/** What a text of JSON says; nothing, where it is none. */
export function fieldsOf(value: unknown): Fields {
  try {
    return asObject(parseJson(String(value))) ?? {}
  } catch {
    return {}
  }
}
