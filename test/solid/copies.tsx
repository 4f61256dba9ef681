import { AuthProvider, useAccessToken, useAuth, useSession } from 'holdfast/solid'
import * as another from 'holdfast/solid?copy'
import { render } from 'solid-js/web'
import type { Copies } from '../bindings/page.js'

const READERS = { session: useSession, auth: useAuth, token: useAccessToken }

export const showCopies: Copies['showCopies'] = async (place, { client, given, reads }) => {
  const Provider = given === 'this copy' ? AuthProvider : another.AuthProvider
  function Reader(): null {
    READERS[reads]()
    return null
  }
  return render(
    () => (
      <Provider client={client}>
        <Reader />
      </Provider>
    ),
    place,
  )
}
