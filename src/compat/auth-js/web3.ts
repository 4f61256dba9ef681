import { web3 } from '../../providers/gotrue/web3.js'
import type { Web3Api } from './api.js'
import { type Face, run } from './face.js'
import { signedIn } from './sign-in.js'
import { NOBODY, type Session, type User } from './types.js'
import type { Web3Credentials } from './web3-types.js'

// Loaded when somebody signs in by a wallet.

/** Signs in by a wallet, or by what it has signed. */
async function signInWithWeb3(
  { client }: Face,
  credentials: Web3Credentials,
): Promise<{ user: User; session: Session }> {
  const { options, ...given } = { ...credentials }
  const { captchaToken, url }: { captchaToken?: string; url?: string } = { ...options }
  return signedIn(await web3(client).signIn({ ...given, captchaToken, ...(url && { url }) }))
}

/** Signing in by a wallet. */
export const web3Api = (face: Face): Web3Api => ({
  signInWithWeb3: (credentials) => run(face, () => signInWithWeb3(face, credentials), NOBODY),
})
