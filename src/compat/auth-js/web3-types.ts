interface Captcha {
  captchaToken?: string
}

interface WalletOptions extends Captcha {
  /** The address of the app. @default the page's */
  url?: string
}

/** What else a message for a wallet of Ethereum may say. `address` and `scheme` mean nothing. */
export interface EthereumSignInInput {
  address?: string
  chainId?: number
  expirationTime?: Date | undefined
  issuedAt?: Date | undefined
  nonce?: string
  notBefore?: Date | undefined
  requestId?: string | undefined
  resources?: string[] | undefined
  scheme?: string | undefined
}

/** What else a message for a wallet of Solana may say. `address`: of a wallet that writes it itself. */
export interface SolanaSignInInput {
  readonly address?: string
  readonly chainId?: string
  readonly expirationTime?: string
  readonly issuedAt?: string
  readonly nonce?: string
  readonly notBefore?: string
  readonly requestId?: string
  readonly resources?: readonly string[]
}

/** The part of an Ethereum wallet that is used (EIP-1193). */
export interface EthereumWallet {
  // biome-ignore lint/suspicious/noExplicitAny: wallets name their methods, and type their answers, as they like
  request(call: any): Promise<any>
}

/** The part of a Solana wallet that is used. */
export interface SolanaWallet {
  // biome-ignore lint/suspicious/noExplicitAny: wallets type what they take and give as they like
  signIn?(...inputs: any[]): Promise<any>
  publicKey?: { toBase58(): string } | null
  // biome-ignore lint/suspicious/noExplicitAny: as above
  signMessage?(message: Uint8Array, display?: any): any
}

/** What `signInWithWeb3` takes. */
export type Web3Credentials =
  | {
      chain: 'ethereum'
      wallet?: EthereumWallet
      statement?: string
      options?: WalletOptions & { signInWithEthereum?: EthereumSignInInput }
    }
  | { chain: 'ethereum'; message: string; signature: `0x${string}`; options?: Captcha }
  | {
      chain: 'solana'
      wallet?: SolanaWallet
      statement?: string
      options?: WalletOptions & { signInWithSolana?: SolanaSignInInput }
    }
  | { chain: 'solana'; message: string; signature: Uint8Array; options?: Captcha }
