import { AuthClient } from 'holdfast'
import { oidc } from 'holdfast/providers/oidc'
import { failure, install, isReturn, sessionOf } from '../page.js'

const { issuer, clientId, redirectUri, scope } = window.setup
const auth = new AuthClient({ provider: oidc({ issuer, clientId, redirectUri, scope }) })

install({
  async start() {
    if (isReturn()) await auth.actions.handleRedirect()
    return (await auth.getSession()) !== null
  },
  signIn: async () => location.assign(await auth.actions.signInUrl()),
  token: () => auth.getSession().then((session) => sessionOf(session?.accessToken), failure),
  signOut: () => auth.signOut(),
})
