/** Compiled where it runs: Angular's compiler is not part of this build. */
import '@angular/compiler'
import { Component } from '@angular/core'
import { createApplication } from '@angular/platform-browser'
import { injectAccessToken, injectAuth, injectSession, provideAuth } from 'holdfast/angular'
import * as another from 'holdfast/angular?copy'
import type { Copies } from '../bindings/page.js'

const READERS = { session: injectSession, auth: injectAuth, token: injectAccessToken }

export const showCopies: Copies['showCopies'] = async (place, { client, given, reads }) => {
  const provide = given === 'this copy' ? provideAuth : another.provideAuth
  const Reader = Component({ selector: 'auth-reader', template: '' })(
    class {
      constructor() {
        READERS[reads]()
      }
    },
  )
  const app = await createApplication({ providers: [provide(client)] })
  try {
    app.bootstrap(Reader, place)
  } catch (error) {
    app.destroy()
    throw error
  }
  return () => app.destroy()
}
