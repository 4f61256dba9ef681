import { text } from '../shared/json.js'
import { invalid } from '../shared/url.js'

/** A text that the caller must give. @throws AuthError `invalid_argument` */
export const needText = (name: string, value: unknown): string =>
  text(value) ?? invalid(`\`${name}\` needs a text.`)

/** The texts of a query, without what is left out. @throws as `needText`, but for an empty one */
export const toQuery = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value === '' ? value : needText(name, value)]],
    ),
  )

/** What can become part of a path, and leads nowhere else. */
export const toId = (value: unknown): string | undefined => /^[\w-]+$/.exec(text(value) ?? '')?.[0]

/** An id that the caller must give. @throws AuthError `invalid_argument` */
export const needId = (name: string, value: unknown): string =>
  toId(value) ?? invalid(`\`${name}\` is not an id.`)

/** Checks that whatever a caller gave is a text that says something. @throws as `needText` */
export function checkTexts(given: object | undefined): void {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value !== undefined) needText(name, value)
  }
}
