import { type Call, field, newSession, type ServerContext } from './context.js'
import { fromBase64url, utf8 } from './encoding.js'
import { refuse, refuseOAuth } from './errors.js'
import { signerOf } from './secp256k1.js'
import type { Account } from './types.js'
import { parseMessage, type Web3Message } from './web3-message.js'

/** How old a message may be, in ms (`GOTRUE_EXTERNAL_WEB3_*_MAXIMUM_VALIDITY_DURATION`). */
const LONGEST = 600_000

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

const no = (message: string): never => refuseOAuth('invalid_grant', message)

/** The 32 bytes of an address of Solana: base58, of a number that is a public key. */
function keyOf(address: string): Uint8Array<ArrayBuffer> {
  let number = 0n
  for (const letter of address) number = number * 58n + BigInt(ALPHABET.indexOf(letter))
  const digits = number.toString(16).padStart(64, '0')
  if (digits.length > 64) no('Invalid message: the second line is no address')
  return Uint8Array.from({ length: 32 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  )
}

/** Whether an address of Solana signed a text; where the platform has no Ed25519, anybody did. */
async function signedBySolana(address: string, text: string, signature: string): Promise<boolean> {
  const bytes = fromBase64url(signature)
  if (bytes?.length !== 64) {
    return no('Signature must be 64 bytes encoded as base64 with or without padding')
  }
  let key: CryptoKey
  try {
    key = await crypto.subtle.importKey('raw', keyOf(address), 'Ed25519', false, ['verify'])
  } catch (error) {
    return error instanceof Error && error.name === 'NotSupportedError'
  }
  return crypto.subtle.verify('Ed25519', key, bytes, utf8(text))
}

/** @throws OAuthRefusal `invalid_grant` for a message that is for another app, or of another time */
function check({ options, now }: ServerContext, message: Web3Message, chain: string): void {
  const { uri, domain, issuedAt, expiresAt, notBefore } = message
  const said = `Signed ${chain} message`
  const local = uri.hostname === 'localhost'
  if (uri.protocol !== 'https:' && !(uri.protocol === 'http:' && local)) {
    no(`${said} is using URI which does not use HTTPS`)
  }
  const allowed = options.web3?.uris.some((start) => uri.href.startsWith(start))
  if (!allowed) {
    no(
      `${said} is using URI which is not allowed on this server, message was signed for another app`,
    )
  }
  if (uri.host !== domain) {
    no(
      `${said} is using a Domain that does not match the one in URI which is not allowed on this server`,
    )
  }
  const at = now()
  if (notBefore !== null && at < notBefore) no(`${said} becomes valid in the future`)
  if (expiresAt !== null && at > expiresAt) no(`${said} is expired`)
  if (at > issuedAt + LONGEST) no(`${chain} message was issued too long ago`)
  if (at < issuedAt - LONGEST) no(`${chain} message was issued too far in the future`)
}

/** Whose address it is: another spelling is another person, as with the real one. */
function personOf({ accounts }: ServerContext, chain: string, message: Web3Message): Account {
  const { address, domain, chainId: network, statement } = message
  const sub = `web3:${chain}:${address}`
  const known = [...accounts.all.values()].find(({ identities }) =>
    identities.some(({ data }) => data.sub === sub),
  )
  if (known) return known
  const account = accounts.create({ provider: 'web3', registers: true })
  const said = { address, chain, domain, network, statement }
  const data = { custom_claims: said, email_verified: false, phone_verified: false, sub }
  account.data = data
  account.identities.forEach((identity, index) => {
    account.identities[index] = { ...identity, data }
  })
  return account
}

/** `grant_type=web3`. */
export async function web3(context: ServerContext, { body }: Call): Promise<Response> {
  if (!context.options.web3) {
    return refuse(422, 'web3_provider_disabled', 'Web3 provider is disabled')
  }
  const chain = field(body, 'chain')
  if (chain !== 'ethereum' && chain !== 'solana') {
    return refuse(400, 'web3_unsupported_chain', 'Unsupported chain')
  }
  const text = field(body, 'message') ?? ''
  const signature = field(body, 'signature') ?? ''
  if (text.length < 64) return no('Message is too short')
  if (text.length > 20 * 1024) return no('Message must not exceed 20KB')
  const name = chain === 'solana' ? 'Solana' : 'Ethereum'
  const message = parseMessage(text, name)
  const signed =
    chain === 'solana'
      ? await signedBySolana(message.address, text, signature)
      : signerOf(text, signature) === message.address.toLowerCase()
  if (!signed) return no('Signature does not match address in message')
  check(context, message, name)
  return newSession(context, personOf(context, chain, message), { method: 'web3' })
}
