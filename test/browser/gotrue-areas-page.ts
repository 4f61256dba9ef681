/** What runs in the page: the built package with areas of GoTrue. */

import { AuthClient } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { claims } from 'holdfast/providers/gotrue/claims'
import { oauthConsent } from 'holdfast/providers/gotrue/oauth-consent'
import { sso } from 'holdfast/providers/gotrue/sso'
import { web3 } from 'holdfast/providers/gotrue/web3'

const auth = new AuthClient({ provider: gotrue({ url: `${location.origin}/auth/v1` }) })
const areas = {
  auth,
  claims: claims(auth),
  consent: oauthConsent(auth),
  sso: sso(auth),
  web3: web3(auth),
}

declare global {
  interface Window {
    areas: typeof areas
    /** Signs with a key that the test has: text in, base64 out. */
    signText: (text: string) => Promise<string>
    /** Asks a wallet of Ethereum that the test has (EIP-1193). */
    askWallet: (call: object) => Promise<unknown>
    ethereum: object
    solana: object
  }
}

window.areas = areas
