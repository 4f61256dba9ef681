// The scripted WorkOS of this demo, on a port of the loopback, and the switches of its panel.
import { createServer } from 'node:http'

const AUTHENTICATE = '/user_management/authenticate'

const MODES = {
  ok: null,
  down: { type: 'status', status: 503 },
  slow: { type: 'slow', delay: 2_000 },
  'rate-limited': { type: 'rate-limited', retryAfter: 5 },
}

const ALL = ['berths:assign', 'shifts:edit', 'shifts:read', 'invoices:read', 'crew:invite']
const ROLES = {
  'harbour-master': ALL,
  dispatcher: ['berths:assign', 'shifts:read', 'shifts:edit'],
  'deck-hand': ['shifts:read'],
}

const member = (organizationId, role) => ({
  organizationId,
  role,
  roles: [role],
  permissions: ROLES[role],
})

const users = [
  {
    email: 'ada@tidemark.example',
    firstName: 'Ada',
    lastName: 'Lovelace',
    memberships: [
      member('org_north', 'harbour-master'),
      member('org_south', 'deck-hand'),
      member('org_vault', 'harbour-master'),
    ],
  },
  {
    email: 'grace@tidemark.example',
    firstName: 'Grace',
    lastName: 'Hopper',
    memberships: [member('org_north', 'dispatcher'), member('org_south', 'dispatcher')],
  },
]

/** What the panel asks for, done; and how things are then. */
function createControl(server, lifetime) {
  const state = { mode: 'ok', lifetime }
  return (wish) => {
    if (wish.mode in MODES) {
      state.mode = wish.mode
      server.heal()
      const fault = MODES[wish.mode]
      if (fault) server.fail(fault, { times: Number.POSITIVE_INFINITY, path: AUTHENTICATE })
    }
    if (wish.role) {
      const { organizationId, ...changes } = member(wish.role.organizationId, wish.role.role)
      server.setMembership(wish.role.email, organizationId, changes)
    }
    if (wish.lifetime) {
      state.lifetime = wish.lifetime
      server.setAccessTokenLifetime(wish.lifetime)
    }
    if (wish.end) server.endSession(wish.end)
    if (wish.impersonate) {
      const impersonator = { email: 'support@tidemark.example', reason: 'ticket 4711' }
      server.impersonate(wish.impersonate, impersonator)
    }
    const granted = ({ grant, status }) => grant === 'refresh_token' && status === 200
    return { ...state, exchanges: server.requests.filter(granted).length }
  }
}

async function toRequest(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value)
  }
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined
  const url = `http://${request.headers.host}${request.url}`
  return new Request(url, { method: request.method, headers, body })
}

async function send(response, reply) {
  const cookies = reply.headers.getSetCookie()
  response.writeHead(reply.status, {
    ...Object.fromEntries(reply.headers),
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  })
  response.end(Buffer.from(await reply.arrayBuffer()))
}

/** Starts it for the app at `appUrl`; access tokens live `lifetime` ms. */
export async function startWorkOS({ createScriptedWorkOS, appUrl, lifetime }) {
  const server = createScriptedWorkOS({
    users,
    accessTokenLifetime: lifetime,
    organizations: [
      { id: 'org_north', name: 'North Pier' },
      { id: 'org_south', name: 'South Quay' },
      { id: 'org_vault', name: 'The Vault', requires: 'sso' },
    ],
    clients: [
      {
        id: 'client_demo',
        apiKey: 'sk_test_demo',
        redirectUris: [`${appUrl}/auth/callback`],
        logoutUris: [`${appUrl}/`],
      },
    ],
  })
  const control = createControl(server, lifetime)

  async function answer(request) {
    if (new URL(request.url).pathname !== '/demo') return server.fetch(request)
    // A page elsewhere cannot send this type without being asked first.
    const json = request.headers.get('content-type') === 'application/json'
    return json ? Response.json(control(await request.json())) : new Response(null, { status: 415 })
  }

  const http = createServer((request, response) => {
    toRequest(request)
      .then(answer)
      .then((reply) => send(response, reply))
      .catch(() => response.destroy())
  })
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address()
  return {
    port,
    server,
    control,
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections()
        http.close(resolve)
      }),
  }
}
