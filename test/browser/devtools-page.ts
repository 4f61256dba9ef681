/** What runs in the page: an app with a client, its panel, and what the test does to them. */
import { AuthClient, sessionTimeouts, webStorage } from 'holdfast'
import { faultInjector, recordSteps, showDevtools } from 'holdfast/devtools'
import { gotrue } from 'holdfast/providers/gotrue'

/** Makes an app's client under a storage key, and shows it in the panel. */
function open(storageKey: string) {
  const faults = faultInjector()
  const options = {
    provider: gotrue({ url: `${location.origin}/auth/v1`, fetch: faults.fetch }),
    environment: faults.environment,
    storage: webStorage(),
    storageKey,
    timeouts: sessionTimeouts({ idleTimeout: 1_800_000, absoluteTimeout: 28_800_000 }),
    debug: recordSteps(),
  }
  const auth = new AuthClient(options)
  return { auth, stop: showDevtools(auth, { options }) }
}

const app = { ...open('app'), open }

declare global {
  interface Window {
    inspected: typeof app
  }
}

window.inspected = app
