/**
 * What an answer looks like, as a text that two servers' answers have in common: keys in order,
 * constants as they are, and each token, handle, hash and key by a name that it gets when it is
 * first seen. So the text also tells which handle, and which parent, an answer names.
 */
export type Shaper = (body: unknown) => string

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64').toString())

/** What kind of text a text is; `null` for one that is a constant. */
function kindOf(text: string): string | null {
  if (UUID.test(text)) return 'id'
  if (/^[0-9a-f]{64}$/.test(text)) return 'hash'
  if (/^[ds]-[0-9a-f-]{10,}$/.test(text)) return `kid-${text.charAt(0)}-`
  if (/^[A-Za-z0-9+/]+=*\.[0-9a-f]{64}\.V2$/.test(text)) return 'refresh'
  return /^[\w+/=-]{300,}$/.test(text) ? `key-of-${text.length}-` : null
}

/** Makes the shaper of one story. */
export function createShaper(): Shaper {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()

  function nameOf(kind: string, value: string): string {
    const known = names.get(value)
    if (known) return known
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    names.set(value, kind + count)
    return kind + count
  }

  function textShape(text: string): string {
    const parts = text.split('.')
    const kind = kindOf(text)
    // A refresh token has three parts too, and may begin like a JWT by chance.
    if (kind === null && text.startsWith('ey') && parts.length === 3) {
      const [head = '', body = '', mark = ''] = parts
      const alphabet = /[+/=]/.test(text) ? 'base64' : 'base64url'
      return `${alphabet}-${mark.length}(${shape(decode(head))}.${shape(decode(body))})`
    }
    return kind === null ? JSON.stringify(text) : nameOf(kind, text)
  }

  function shape(value: unknown): string {
    if (typeof value === 'string') return textShape(value)
    if (typeof value === 'number' && value > 1e9) return value % 1000 === 0 ? 'whole' : 'time'
    if (Array.isArray(value)) return `[${value.map(shape).join(',')}]`
    if (typeof value !== 'object' || value === null) return String(value)
    const fields: Readonly<Record<string, unknown>> = { ...value }
    const { createdTime, expiry } = fields
    const lives = typeof createdTime === 'number' && typeof expiry === 'number'
    const entryOf = (key: string): string =>
      key === 'expiry' && lives ? `expiry:+${expiry - createdTime}` : `${key}:${shape(fields[key])}`
    return `{${Object.keys(fields).sort().map(entryOf).join(',')}}`
  }

  return shape
}
