import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { EthereumWallet, SignInScene, SolanaWallet } from '../../src/providers/gotrue/web3.js'
import {
  addressOf,
  digestOf,
  GENERATOR,
  inverse,
  multiply,
  ORDER,
  toNumber,
} from '../../src/testing/gotrue/secp256k1.js'

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function base58(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text
  return text
}

/** A key pair of Solana, and its address. */
export function solanaKey(): { readonly address: string; readonly key: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return { address: base58(Buffer.from(x, 'base64url')), key: privateKey }
}

/** The bytes that a wallet gives: of its own kind, which no `Buffer` is. */
const plain = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes)

/** A wallet as Phantom is: it signs texts. `wrapped`: it gives an object with the signature in it. */
export function solanaSigner({ wrapped = false } = {}) {
  const { address, key } = solanaKey()
  const signed: string[] = []
  const wallet: SolanaWallet = {
    publicKey: { toBase58: () => address },
    async signMessage(message) {
      signed.push(Buffer.from(message).toString())
      const signature = plain(sign(null, message, key))
      return wrapped ? { signature } : signature
    },
  }
  return { address, wallet, signed }
}

/** A wallet that writes the text itself (Wallet Standard: a list of outputs, one for each input). */
export function solanaStandard({ many = true } = {}) {
  const { address, key } = solanaKey()
  const asked: SignInScene[] = []
  const wallet: SolanaWallet = {
    async signIn(scene) {
      asked.push(scene)
      const { domain, uri, version, issuedAt, statement } = scene
      const text = [
        `${domain} wants you to sign in with your Solana account:`,
        address,
        ...(statement ? ['', statement] : []),
        '',
        `URI: ${uri}`,
        `Version: ${version}`,
        `Issued At: ${issuedAt}`,
      ].join('\n')
      const signedMessage = plain(Buffer.from(text))
      const output = { signedMessage, signature: plain(sign(null, signedMessage, key)) }
      return many ? [output] : output
    },
  }
  return { address, wallet, asked }
}

const hex = (number: bigint): string => number.toString(16).padStart(64, '0')

/** Signs a text as wallets of Ethereum do. The nonce is no secret: nor is anything here. */
export function signText(text: string, secret: bigint): string {
  const nonce = toNumber(sha256(text)) % ORDER
  const point = multiply(GENERATOR, nonce)
  const r = (point?.x ?? 0n) % ORDER
  const s = (inverse(nonce, ORDER) * (digestOf(text) + r * secret)) % ORDER
  return `0x${hex(r)}${hex(s)}${(point?.y ?? 0n) & 1n ? '1c' : '1b'}`
}

/** A wallet as MetaMask is: it writes addresses in letters of both sizes. */
export function ethereumWallet({ chainId = '0xaa36a7' } = {}) {
  const secret = toNumber(randomBytes(32)) % ORDER
  const key = multiply(GENERATOR, secret) ?? { x: 0n, y: 0n }
  const address = addressOf(key).toUpperCase().replace('0X', '0x')
  const calls: { readonly method: string; readonly params?: readonly unknown[] }[] = []
  const wallet: EthereumWallet = {
    async request(call) {
      calls.push(call)
      if (call.method === 'eth_requestAccounts') return [address]
      if (call.method === 'eth_chainId') return chainId
      const [text] = call.params ?? []
      return signText(Buffer.from(String(text).slice(2), 'hex').toString(), secret)
    },
  }
  return { address, secret, wallet, calls }
}
