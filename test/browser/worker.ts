/** What runs in a web worker and in a service worker: a client on the page's own session. */
import { AuthClient, indexedDBStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'

const auth = new AuthClient({
  provider: gotrue({ url: `${location.origin}/auth/v1` }),
  storage: indexedDBStorage(),
  storageKey: 'app',
})
const events: string[] = []
auth.onAuthStateChange((event) => events.push(event))

addEventListener('message', async (message: MessageEvent) => {
  const [port] = message.ports
  if (message.data === 'refresh') await auth.refreshSession()
  port?.postMessage({ token: await auth.getAccessToken(), events })
})
