import { AuthError, isAuthError } from '../../core/errors.js'
import { guardAll } from '../../core/guarded.js'
import type { CallOptions, SignInResult } from '../../core/provider.js'
import { text } from '../shared/json.js'
import { base64url } from '../shared/pkce.js'
import { invalid, parseUrl } from '../shared/url.js'
import { depsOf, type GoTrueClient } from './area.js'
import { captcha } from './credentials.js'
import type { GoTrueUser } from './types.js'
import { toGrant } from './wire.js'

/** The part of an Ethereum wallet that is used (EIP-1193). */
export interface EthereumWallet {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>
}

/** What else a message may say (EIP-4361), each in one line. Times are texts of ISO 8601. */
export interface MessageFields {
  /** The network: for Ethereum a number, which is the wallet's where none is given. */
  readonly chainId?: string | number | undefined
  /** At least eight letters and digits; for Ethereum random ones where none are given. */
  readonly nonce?: string | undefined
  /** When it was made: now, by this device's clock, where no time is given. */
  readonly issuedAt?: string | undefined
  readonly expirationTime?: string | undefined
  readonly notBefore?: string | undefined
  readonly requestId?: string | undefined
  /** Addresses of what the person agrees to. */
  readonly resources?: readonly string[] | undefined
}

/** What a message says of the app, when it was made, and what else the app wants it to say. */
export interface SignInScene extends MessageFields {
  readonly domain: string
  readonly uri: string
  readonly version: string
  readonly issuedAt: string
  readonly statement?: string
}

/** The part of a Solana wallet that is used: `signIn`, or else `signMessage` with a `publicKey`. */
export interface SolanaWallet {
  signIn?(scene: SignInScene): Promise<unknown>
  signMessage?(message: Uint8Array, display?: 'utf8'): Promise<unknown>
  readonly publicKey?: { toBase58(): string } | null
}

interface Extras {
  readonly captchaToken?: string | undefined
}

interface Asked extends Extras {
  /** What the person reads in the wallet, in one line. */
  readonly statement?: string | undefined
  /** The address of the app, instead of the page's without its query; the server must allow it. */
  readonly url?: string | undefined
  readonly fields?: MessageFields | undefined
}

/** Every way to prove that somebody has the key of an address. */
export type Web3Credentials =
  | ({
      readonly chain: 'ethereum' | 'solana'
      /** What was signed, in the form of EIP-4361; Solana's differs in the name of the chain only. */
      readonly message: string
      /** As bytes; as text in hexadecimal digits for Ethereum, in base64url for Solana. */
      readonly signature: string | Uint8Array
    } & Extras)
  /** The wallet, the page's `ethereum` where none is passed, is asked for an account and to sign. */
  | ({ readonly chain: 'ethereum'; readonly wallet?: EthereumWallet | undefined } & Asked)
  /** The wallet, the page's `solana` where none is passed, is asked to sign. */
  | ({ readonly chain: 'solana'; readonly wallet?: SolanaWallet | undefined } & Asked)

/** Signing in by a wallet. */
export interface Web3<Metadata extends object> {
  /**
   * Signs somebody in: `SIGNED_IN`.
   * @throws AuthError `aborted` when the wallet does not sign, with its error as `cause`;
   *   `invalid_credentials` when the server does not take what was signed; `rejected`, with the
   *   `serverCode` `web3_provider_disabled`, where it takes no wallets.
   */
  signIn(
    credentials: Web3Credentials,
    call?: CallOptions,
  ): Promise<SignInResult<GoTrueUser<Metadata>>>
}

/** What a wallet gave, as it gave it. */
interface Signed {
  readonly message: unknown
  readonly signature: unknown
}

const noWallet = (): never => invalid('Pass a `wallet` that can sign.')

const hex = (bytes: Uint8Array): string =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`

const isBytes = (value: unknown): value is Uint8Array =>
  // Wallets make them in realms of their own.
  Object.prototype.toString.call(value) === '[object Uint8Array]'

/** The lines of EIP-4361 in their order; the server reads those of Solana in any. */
const LINES: readonly (readonly [keyof SignInScene, string])[] = [
  ['uri', 'URI'],
  ['version', 'Version'],
  ['chainId', 'Chain ID'],
  ['nonce', 'Nonce'],
  ['issuedAt', 'Issued At'],
  ['expirationTime', 'Expiration Time'],
  ['notBefore', 'Not Before'],
  ['requestId', 'Request ID'],
]

/** The text that is signed. `gap` stands where there is no statement. */
function write(chain: string, address: string, scene: SignInScene, gap: readonly string[]): string {
  const { domain, statement, resources } = scene
  return [
    `${domain} wants you to sign in with your ${chain} account:`,
    address,
    '',
    ...(statement ? [statement, ''] : gap),
    ...LINES.flatMap(([name, label]) => (scene[name] ? [`${label}: ${scene[name]}`] : [])),
    ...(resources ? ['Resources:', ...[resources].flat().map((each) => `- ${each}`)] : []),
  ].join('\n')
}

async function signEthereum(wallet: EthereumWallet, scene: SignInScene): Promise<Signed> {
  if (!wallet.request) noWallet()
  const accounts = Object(await wallet.request({ method: 'eth_requestAccounts' }))
  // In small letters, as auth-js has it: the server takes another spelling for another person.
  const address = text(accounts[0])?.toLowerCase() ?? noWallet()
  const {
    chainId = Number(await wallet.request({ method: 'eth_chainId' })),
    nonce = hex(crypto.getRandomValues(new Uint8Array(8))),
  } = scene
  const message = write('Ethereum', address, { ...scene, chainId, nonce }, [''])
  const params = [hex(new TextEncoder().encode(message)), address]
  return { message, signature: await wallet.request({ method: 'personal_sign', params }) }
}

async function signSolana(wallet: SolanaWallet, scene: SignInScene): Promise<Signed> {
  if (wallet.signIn) {
    const { signedMessage, signature } = Object([await wallet.signIn(scene)].flat()[0])
    const message = isBytes(signedMessage) ? new TextDecoder().decode(signedMessage) : signedMessage
    return { message, signature }
  }
  const address = wallet.publicKey?.toBase58() ?? noWallet()
  const message = write('Solana', address, scene, [])
  const output = await wallet.signMessage?.(new TextEncoder().encode(message), 'utf8')
  return { message, signature: isBytes(output) ? output : Object(output).signature }
}

/** Has the wallet sign. @throws AuthError `aborted`, `invalid_argument` */
async function sign(
  { chain, url, statement, fields, wallet: given }: Exclude<Web3Credentials, Signed>,
  page: string | null,
  now: number,
): Promise<Signed> {
  // What else an address holds may be a secret, such as a code that signs in.
  const { host: domain, href: uri } = parseUrl(url ?? page?.split(/[?#]/, 1)[0] ?? '')
  // A line of their own would say what nobody has written.
  if (!domain || /[\r\n]/.test([statement, ...Object.values(fields ?? {}).flat()].join(''))) {
    invalid('`url` is the address of a page, `statement` and each of `fields` one line.')
  }
  const issuedAt = fields?.issuedAt ?? new Date(now).toISOString()
  const own = { domain, uri, version: '1', issuedAt, ...(statement && { statement }) }
  const scene = { ...fields, ...own }
  try {
    const wallet = Object(given ?? Reflect.get(globalThis, chain))
    return await (chain === 'solana' ? signSolana : signEthereum)(wallet, scene)
  } catch (cause) {
    if (isAuthError(cause)) throw cause
    throw new AuthError('aborted', 'The wallet did not sign.', { cause })
  }
}

/** Ends with the caller's patience: a wallet may stay open for ever. */
function patiently<T>(work: () => Promise<T>, call?: CallOptions): Promise<T> {
  const signal = call?.signal
  return new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(new AuthError('aborted', 'The caller aborted the call.', { cause: signal?.reason }))
    const end = (): void => signal?.removeEventListener('abort', stop)
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop)
    work().then(resolve, reject).then(end)
  })
}

/** A signature as the wire has it; nothing for what is none. */
function encode(chain: string, signature: unknown): string | undefined {
  if (!isBytes(signature)) return text(signature)
  // Signatures have 64 or 65 bytes; of what is longer the server takes no part.
  return chain === 'solana' ? base64url(signature.subarray(0, 999)) : hex(signature)
}

/**
 * Signing in by a wallet, with a client of `gotrue()`.
 * @example
 * ```ts
 * import { web3 } from 'holdfast/providers/gotrue/web3'
 *
 * await web3(auth).signIn({ chain: 'ethereum', statement: 'I accept the terms.' }) // window.ethereum
 * await web3(auth).signIn({ chain: 'solana', wallet })
 * ```
 * @throws AuthError `invalid_argument` for anything else.
 */
export function web3<Metadata extends object>(auth: GoTrueClient<Metadata>): Web3<Metadata> {
  const { host, send, now } = depsOf('web3', auth)
  return guardAll({
    async signIn(credentials, call) {
      const { chain, captchaToken } = credentials ?? {}
      if (chain !== 'ethereum' && chain !== 'solana') {
        invalid('The `chain` is `ethereum` or `solana`.')
      }
      const { message, signature } =
        'message' in credentials
          ? credentials
          : await patiently(() => sign(credentials, host.page.href(), now()), call)
      const encoded = encode(chain, signature)
      if (!text(message) || !encoded) invalid('There is no `message` with its `signature`.')
      const json = { chain, message, signature: encoded, ...captcha(captchaToken) }
      return host.signIn(async (context) => {
        const request = { path: '/token', query: { grant_type: 'web3' }, json }
        const grant = toGrant<Metadata>(await send(request, context))
        if (grant) return grant
        throw new AuthError('bad_response', 'The answer holds no session.')
      }, call)
    },
  })
}
