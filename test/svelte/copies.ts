import { provideAuth, useAccessToken, useAuth, useSession } from 'holdfast/svelte'
import * as another from 'holdfast/svelte?copy'
import { mount, unmount } from 'svelte'
import type { Copies } from '../bindings/page.js'
import Whole from './whole-copies.svelte'

const READERS = { session: useSession, auth: useAuth, token: useAccessToken }

export const showCopies: Copies['showCopies'] = async (target, { client, given, reads }) => {
  const provide = given === 'this copy' ? provideAuth : another.provideAuth
  const props = { give: () => provide(client), read: () => READERS[reads]() }
  const whole = mount(Whole, { target, props })
  return () => unmount(whole)
}
