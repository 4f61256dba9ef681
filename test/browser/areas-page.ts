/** What runs in the page: the built package with the areas of GoTrue. */

import { AuthClient, webStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { identities } from 'holdfast/providers/gotrue/identities'
import { passkeys } from 'holdfast/providers/gotrue/passkeys'

function open() {
  const auth = new AuthClient({
    provider: gotrue({ url: `${location.origin}/auth/v1` }),
    storage: webStorage(),
    storageKey: 'app',
  })
  const events: string[] = []
  auth.onAuthStateChange((event) => void events.push(event))
  return { auth, events, passkeys: passkeys(auth), identities: identities(auth) }
}

declare global {
  interface Window {
    ownAreas: ReturnType<typeof open>
  }
}

window.ownAreas = open()
