import { text } from '../shared/json.js'
import { invalid } from '../shared/url.js'

/** A text that the caller must give. @throws AuthError `invalid_argument` */
export const needText = (name: string, value: unknown): string =>
  text(value) ?? invalid(`\`${name}\` needs a text.`)

/** An id that becomes part of a path, which must not lead elsewhere. @throws as `needText` */
export function needId(name: string, value: unknown): string {
  const id = needText(name, value)
  return /^[\w-]+$/.test(id) ? id : invalid(`\`${name}\` is not an id.`)
}

/** Checks that whatever a caller gave is a text that says something. @throws as `needText` */
export function checkTexts(given: object | undefined): void {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value !== undefined) needText(name, value)
  }
}
