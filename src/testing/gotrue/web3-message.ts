import { refuseOAuth } from './errors.js'

/** What somebody signed (EIP-4361; Solana's form is the same but for the order of its lines). */
export interface Web3Message {
  readonly domain: string
  readonly address: string
  readonly statement: string
  readonly uri: URL
  readonly chainId: string
  /** Milliseconds since the epoch; `null` where the message has none. */
  readonly issuedAt: number
  readonly expiresAt: number | null
  readonly notBefore: number | null
}

const ADDRESS: Readonly<Record<string, RegExp>> = {
  Ethereum: /^0x[\da-f]{40}$/i,
  Solana: /^[1-9A-HJ-NP-Za-km-z]{32,44}$/,
}

const LINE = /^(URI|Version|Chain ID|Nonce|Issued At|Expiration Time|Not Before|Request ID): (.+)$/

const wrong = (what: string): never => refuseOAuth('invalid_grant', `Invalid message: ${what}`)

/** The first line, the address, and what else there is. */
function head(lines: readonly string[], chain: string) {
  const [first = '', address = '', blank, ...rest] = lines
  const end = ` wants you to sign in with your ${chain} account:`
  if (!first.endsWith(end)) wrong('the first line names no domain')
  if (!ADDRESS[chain]?.test(address)) wrong('the second line is no address')
  if (blank !== '') wrong('no blank line follows the address')
  return { domain: first.slice(0, -end.length).replace(/^https?:\/\//, ''), address, rest }
}

/** The statement, which stands in a line of its own between blank ones, and what follows. */
function statementOf(lines: readonly string[]) {
  const [first = '', second, ...rest] = lines
  if (first === '') return { statement: '', fields: lines.slice(1) }
  if (LINE.test(first)) return { statement: '', fields: lines }
  return second === '' ? { statement: first, fields: rest } : wrong('the statement is not one line')
}

/** The named lines, each at most once, up to the resources. */
function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const end = lines.findIndex((line) => /^Resources:?$/.test(line))
  const fields = new Map<string, string>()
  for (const line of end < 0 ? lines : lines.slice(0, end)) {
    const [, name = '', value = ''] = LINE.exec(line) ?? []
    if (!name || fields.has(name)) wrong(`the line ${JSON.stringify(line)} is odd`)
    fields.set(name, value)
  }
  return fields
}

function moment(fields: ReadonlyMap<string, string>, name: string): number | null {
  const text = fields.get(name)
  if (text === undefined) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? wrong(`${name} is no time`) : at
}

/** Reads a message. @throws OAuthRefusal `invalid_grant` for what is none. */
export function parseMessage(text: string, chain: 'Ethereum' | 'Solana'): Web3Message {
  const { domain, address, rest } = head(text.split('\n'), chain)
  const { statement, fields: lines } = statementOf(rest)
  const fields = fieldsOf(lines)
  const uri = fields.get('URI') ?? ''
  const chainId = fields.get('Chain ID') ?? ''
  if (!URL.canParse(uri)) wrong('URI is no address')
  if (fields.get('Version') !== '1') wrong('Version is not 1')
  if (chain === 'Ethereum' && !/^\d+$/.test(chainId)) wrong('Chain ID is no number')
  if (!/^[\da-z]{8,}$/i.test(fields.get('Nonce') ?? 'unsaid00')) wrong('Nonce is too short')
  return {
    domain,
    address,
    statement,
    uri: new URL(uri),
    chainId,
    issuedAt: moment(fields, 'Issued At') ?? wrong('Issued At is missing'),
    expiresAt: moment(fields, 'Expiration Time'),
    notBefore: moment(fields, 'Not Before'),
  }
}
