import { authPlugin, useAccessToken, useAuth, useSession } from 'holdfast/vue'
import * as another from 'holdfast/vue?copy'
import { createApp, defineComponent } from 'vue'
import type { Copies } from '../bindings/page.js'

const READERS = { session: useSession, auth: useAuth, token: useAccessToken }

export const showCopies: Copies['showCopies'] = async (place, { client, given, reads }) => {
  const Reader = defineComponent({
    setup() {
      READERS[reads]()
      return () => null
    },
  })
  const app = createApp(Reader)
  app.use(given === 'this copy' ? authPlugin : another.authPlugin, client)
  app.mount(place)
  return () => app.unmount()
}
