import { pushRequest, userinfo } from 'holdfast/providers/oidc'
import { dpop } from 'holdfast/providers/oidc/dpop'
import { APP } from '../admin.js'
import { ensure, readReply } from '../lab.js'
import type { Check } from './check.js'

const TABS = 5

/** Tokens that are bound to a key of the browser (RFC 9449). */
export const bound: Check = {
  name: `DPoP: ${TABS} clients call \`refreshSession()\` at once; userinfo; the tokens without proofs`,
  async run({ signedIn, refresh, endpoints }) {
    const world = await signedIn(TABS, { dpop, loadUser: userinfo })
    const { auth, clients, network, session, ended } = world
    ensure(session.extras.token_type === 'DPoP', 'Its tokens are bound to no key.')
    await Promise.all(clients.map((each) => each.getSession()))
    const results = await Promise.all(clients.map((each) => each.refreshSession()))
    ensure(
      results.every((result) => result.session.keyId === session.keyId),
      'A refresh has lost the key.',
    )
    const user = await auth.actions.reloadUser()
    ensure(user.email === 'ada@example.com', 'Userinfo describes somebody else.')
    const { accessToken, refreshToken } = results[0]?.session ?? session
    const stolen = await refresh(refreshToken)
    ensure(stolen.status === 400, 'The refresh token works without its key.')
    const headers = { origin: APP, authorization: `Bearer ${accessToken}` }
    const read = await readReply(await fetch(`${endpoints}/userinfo`, { headers }))
    ensure(read.status === 401, 'The access token works without its key.')
    await auth.refreshSession()
    ensure(ended() === null, 'The session has ended.')
    ensure(
      network.refreshes.every((status) => status === 200),
      'A refresh was refused.',
    )
    const count = `${network.refreshes.length} refreshes, none refused`
    return `${count}; without its key the refresh token is ${stolen.text}, the access token ${read.status}`
  },
}

/** A sign-in that is pushed to the server (RFC 9126). */
export const pushed: Check = {
  name: 'A sign-in that is pushed (PAR)',
  async run({ signedIn }) {
    const { auth, address } = await signedIn(1, { pushRequest })
    const names = [...new URL(address).searchParams.keys()].sort().join(' and ')
    ensure(names === 'client_id and request_uri', `The address says more: ${names}.`)
    await auth.refreshSession()
    return `signed in; the address has \`${names.replace(' and ', '` and `')}\` alone`
  },
}
