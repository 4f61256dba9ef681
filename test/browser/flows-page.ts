/** What runs in the page: the built package with what most apps need of GoTrue, and second factors. */

import { AuthClient, webStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { identities } from 'holdfast/providers/gotrue/identities'
import { mfa, recoveryCodes } from 'holdfast/providers/gotrue/mfa'

function open() {
  const auth = new AuthClient({
    provider: gotrue({ url: `${location.origin}/auth/v1`, acceptFragmentTokens: true }),
    storage: webStorage(),
    storageKey: 'app',
  })
  const events: string[] = []
  auth.onAuthStateChange((event) => void events.push(event))
  const areas = { identities: identities(auth), mfa: mfa(auth), codes: recoveryCodes(auth) }
  return { auth, events, ...areas }
}

declare global {
  interface Window {
    flows: ReturnType<typeof open>
  }
}

window.flows = open()
