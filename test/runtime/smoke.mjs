// The built package in whatever runtime this is: signs in, refreshes, meets a gateway's page, and
// lets the process exit by itself. Run by hand or by CI: `node test/runtime/smoke.mjs`.
import assert from 'node:assert/strict'
import { AuthClient, isAuthError } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import { createScriptedGoTrue } from 'holdfast/testing'

const credentials = { email: 'ada@example.com', password: 'secret-1' }
const server = createScriptedGoTrue({ users: [credentials] })
const auth = new AuthClient({
  provider: gotrue({ url: 'http://localhost/auth/v1', fetch: server.fetch }),
})
const events = []
auth.onAuthStateChange((event) => events.push(event))

await auth.signIn(credentials)
await auth.refreshSession()
server.fail({ type: 'html' })
const error = await auth.refreshSession().catch((reason) => reason)

assert(isAuthError(error, 'bad_response'))
assert.equal((await auth.getSession()).user.email, credentials.email)
assert.deepEqual(events, ['INITIAL_SESSION', 'SIGNED_IN', 'TOKEN_REFRESHED', 'REFRESH_FAILED'])
