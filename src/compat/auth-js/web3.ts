import { web3 } from '../../providers/gotrue/web3.js'
import type { Web3Api } from './api.js'
import { type Face, run } from './face.js'
import { signedIn } from './sign-in.js'
import { NOBODY, type Session, type User } from './types.js'
import type { EthereumSignInInput, SolanaSignInInput, Web3Credentials } from './web3-types.js'

// Loaded when somebody signs in by a wallet.

interface AnyOptions {
  captchaToken?: string
  url?: string
  signInWithEthereum?: EthereumSignInInput
  signInWithSolana?: SolanaSignInInput
}

/** As they are written. */
const toTexts = ({ issuedAt, expirationTime, notBefore, ...others }: EthereumSignInInput = {}) => ({
  ...others,
  issuedAt: issuedAt?.toISOString(),
  expirationTime: expirationTime?.toISOString(),
  notBefore: notBefore?.toISOString(),
})

/** Signs in by a wallet, or by what it has signed. */
async function signInWithWeb3(
  { client }: Face,
  credentials: Web3Credentials,
): Promise<{ user: User; session: Session }> {
  const { options, ...given } = { ...credentials }
  const { captchaToken, url, signInWithEthereum, signInWithSolana }: AnyOptions = { ...options }
  const fields = given.chain === 'solana' ? signInWithSolana : toTexts(signInWithEthereum)
  const wish = { ...given, captchaToken, fields, ...(url && { url }) }
  return signedIn(await web3(client).signIn(wish))
}

/** Signing in by a wallet. */
export const web3Api = (face: Face): Web3Api => ({
  signInWithWeb3: (credentials) => run(face, () => signInWithWeb3(face, credentials), NOBODY),
})
