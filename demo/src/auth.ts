import { AuthClient } from 'holdfast'
import { authKy } from 'holdfast/ky'
import { type GoTrueCredentials, gotrue } from 'holdfast/providers/gotrue'
import { breakable } from './breakable.js' // what the page’s “Break it” chooses

export const options = {
  provider: gotrue({ url: `${location.origin}/auth/v1` }),
  fetchOrigins: [location.origin], // who may get the token
  ...breakable(),
}
export const auth = new AuthClient(options)

export const signIn = (as: GoTrueCredentials) => auth.signIn(as)
export const api = authKy(auth, { prefixUrl: '/demo' }) // its requests carry the token
