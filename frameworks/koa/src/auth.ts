import { createNodeSessions, nodeHandler } from 'holdfast/node'
import { userinfo } from 'holdfast/providers/oidc'
import { createBackend, createRequestSessions } from 'holdfast/server'
import { createOidc, createOidcSessions } from 'holdfast/server/oidc'

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name} in the environment.`)
  return value
}

const origin = setting('ORIGIN')
const password = setting('COOKIE_PASSWORD')
const server = createOidc({
  issuer: setting('OIDC_ISSUER'),
  clientId: setting('OIDC_CLIENT_ID'),
  clientSecret: setting('OIDC_CLIENT_SECRET'),
  loadUser: userinfo,
})
const sessions = createRequestSessions({
  sessions: createOidcSessions({ server }),
  cookie: { password, secure: origin.startsWith('https:') },
})

const backend = createBackend({ sessions, signIn: server, password, origin })

/** Who is signed in, by the cookies of a request; and the routes beneath `/auth`, which are answered first. */
export const auth = createNodeSessions({ sessions, routes: nodeHandler(backend) })
