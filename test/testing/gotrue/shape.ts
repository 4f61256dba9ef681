/** What came back over the wire. */
export interface Reply {
  readonly status: number
  /** `x-sb-error-code` and `x-supabase-api-version`, where they were sent; of a preflight all headers. */
  readonly said: readonly string[]
  readonly location: string | null
  /** Parsed JSON, or the text. */
  readonly body: unknown
}

/**
 * What a reply looks like, as a text that two servers' replies have in common: keys in order,
 * constants as they are, and each token, id and user by a name that it gets when it is first seen. So
 * the text also tells whether it is the same token, of the same session.
 */
export type Shaper = (reply: Reply) => string

/**
 * Fields that differ for reasons that no client can see: whether the server read a row anew before it
 * answered, and a number to search its logs by.
 */
const UNCOMPARED: ReadonlySet<string> = new Set(['confirmed_at', 'error_id'])

/** Fields that hold an address, whose texts are looked at apart. */
const ADDRESSES: ReadonlySet<string> = new Set(['url', 'redirect_url'])

const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

const isJwt = (text: string): boolean => /^ey[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** Keys, hashes, signatures: bytes in whichever base. Words of the wire have no capitals. */
const isBytes = (text: string): boolean => /^(?=.*[A-Z])[\w+/=-]{22,}$/.test(text)
const normal = (text: string): string =>
  text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
/** Whether an address leads to another provider, whose own business is what it looks like. */
const isProvider = (text: string): boolean => /^https?:.*[?&]state=/.test(text)

/** A message without the parser's own words, which are Go's and tell nothing. */
const plain = (text: string): string => text.replace(/(as JSON|verify signature)[:,].*$/s, '$1…')

/** Parameters that are compressed or signed for an identity provider. */
const OPAQUE: ReadonlySet<string> = new Set(['SAMLRequest', 'Signature'])

const parameters = (search: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...new URLSearchParams(search)].map(([name, text]) => [name, OPAQUE.has(name) ? '…' : text]),
  )

/** Where a reply leads: the texts of its address apart. */
function destination(location: string): unknown {
  const url = new URL(location)
  const { search, hash } = url
  const to = url.origin + url.pathname
  return { to, query: parameters(search), fragment: parameters(hash.slice(1)) }
}

/** Makes the shaper of one story. What the texts of some captures are depends on what they are about. */
export function createShaper(topic = ''): Shaper {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()

  /** The name of a value, and whether it has just got it. */
  function nameOf(kind: string, value: string): readonly [name: string, isNew: boolean] {
    const key = `${kind} ${value}`
    const known = names.get(key)
    if (known) return [known, false]
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    names.set(key, kind + count)
    return [kind + count, true]
  }

  function jwt(text: string): string {
    const [name, isNew] = nameOf('jwt', text)
    const [head = '', claims = ''] = text.split('.')
    return isNew ? `${name}=(${shape(decode(head))}.${shape(decode(claims))})` : name
  }

  /** A text with names for what stands in its midst. */
  const named = (text: string): string =>
    text
      .replace(/(?<=secret=)\w{32}/, (secret) => nameOf('bytes', secret)[0])
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/, (id) => nameOf('id', id)[0])

  function textShape(text: string, key: string): string {
    if (isJwt(text)) return jwt(text)
    if (!['mfa', 'passkeys', 'identities'].includes(topic)) {
      if (ADDRESSES.has(key) && URL.canParse(text)) return shape(destination(text))
    }
    if (key === 'authorization_id') return nameOf('authorization', text)[0]
    if (key === 'refresh_token') return nameOf('refresh', text)[0]
    if (key === 'kid' || key === 'x' || key === 'y') return nameOf(key, text)[0]
    if (isId(text)) return nameOf('id', text)[0]
    if (topic === 'mfa') {
      if (text.startsWith('<?xml')) return 'svg'
      if (isBytes(text)) return nameOf('bytes', normal(text))[0]
    }
    if (topic === 'passkeys' || topic === 'identities') {
      if (key === 'challenge') return nameOf(key, text)[0]
      if (isProvider(text)) return '<the provider>'
      const inside = Buffer.from(text, 'base64url').toString()
      if (isId(inside)) return `<bytes of ${nameOf('id', inside)[0]}>`
    }
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) || /^\d{10}$/.test(text)) return 'time'
    return JSON.stringify(topic === 'mfa' ? named(plain(text)) : plain(text))
  }

  function objectShape(fields: Readonly<Record<string, unknown>>): string {
    const { iat, exp } = fields
    const entryOf = (key: string): string => {
      if (key === 'exp' && typeof iat === 'number') return `exp:+${Number(exp) - iat}`
      // What an identity keeps of a confirmation is as it was when it was written, or read anew.
      if (key === 'identity_data')
        return `${key}:${shape(fields[key], key).replace(/(_verified):\w+/g, '$1')}`
      return `${key}:${shape(fields[key], key)}`
    }
    const keys = Object.keys(fields).filter((key) => !UNCOMPARED.has(key))
    return `{${keys.sort().map(entryOf).join(',')}}`
  }

  function shape(value: unknown, key = ''): string {
    if (typeof value === 'string') return textShape(value, key)
    if (typeof value === 'number' && value > 1e9) return 'time'
    if (Array.isArray(value)) return `[${value.map((item) => shape(item)).join(',')}]`
    if (typeof value !== 'object' || value === null) return String(value)
    const text = objectShape({ ...value })
    if (!('identities' in value)) return text
    const [name, isNew] = nameOf('user', text)
    return isNew ? `${name}=${text}` : name
  }

  return ({ status, said, location, body }) => {
    const there = location !== null && (isProvider(location) ? location : destination(location))
    const shown = shape(there || body)
    return [status, ...said, shown].join(' ')
  }
}
