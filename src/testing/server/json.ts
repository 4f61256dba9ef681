/** An object of JSON, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>

/** The object that a text holds, or `null`. */
export function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : null
  } catch {
    return null
  }
}

/** A JSON answer. */
export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  new Response(body === null ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })

/** A text field of the body; anything else counts as missing. */
export function field(body: Fields, name: string): string | undefined {
  const value = body[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** An object field of the body. */
export function objectField(body: Fields, name: string): Fields | undefined {
  const value = body[name]
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}
