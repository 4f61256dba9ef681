import { text } from '../shared/json.js'
import { invalid } from '../shared/url.js'

/** A text that the caller must give. @throws AuthError `invalid_argument` */
export const needText = (name: string, value: unknown): string =>
  text(value) ?? invalid(`\`${name}\` must be a text that is not empty.`)

/** An id that becomes part of a path, which must not lead elsewhere. @throws as `needText` */
export function needId(name: string, value: unknown): string {
  const id = needText(name, value)
  return /^[\w-]+$/.test(id) ? id : invalid(`\`${name}\` is no id.`)
}
