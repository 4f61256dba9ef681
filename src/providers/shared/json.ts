/** Narrows JSON to an object. */
export const asObject = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null

/** A text that says something, or nothing. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The texts of a list; nothing when it is no list. */
export const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((item) => text(item)) : undefined

/** `first_name` as `firstName`; as it is what is more than a word, such as `https://app.example/user_roles`. */
const camelCase = (name: string): string =>
  /^_|\W/.test(name) ? name : name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** `loginHint` as `login_hint`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The fields of an object, with names in camelCase and what they contain untouched. */
export const camelCased = (value: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(asObject(value) ?? {}).map(([name, field]) => [camelCase(name), field]),
  )
