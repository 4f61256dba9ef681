import { AuthProvider, useAccessToken, useAuth, useSession } from 'holdfast/react'
import * as another from 'holdfast/react?copy'
import { createElement as h } from 'react'
import type { Copies } from '../bindings/page.js'
import { renderInto } from './page.js'

const READERS = { session: useSession, auth: useAuth, token: useAccessToken }

export const showCopies: Copies['showCopies'] = async (place, { client, given, reads }) => {
  const Provider = given === 'this copy' ? AuthProvider : another.AuthProvider
  const useReader: () => unknown = READERS[reads]
  function Reader(): null {
    useReader()
    return null
  }
  const root = renderInto(place, h(Provider, { client }, h(Reader)))
  return () => root.unmount()
}
