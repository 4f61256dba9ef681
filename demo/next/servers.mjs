// The scripted auth servers of this demo, on a port of the loopback, and the switches of their panel.
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
function createControl({ server, fault: scope, ...acts }, lifetime) {
  const state = { mode: 'ok', lifetime }
  return (wish) => {
    if (wish.mode in MODES) {
      state.mode = wish.mode
      server.heal()
      const fault = MODES[wish.mode]
      if (fault) server.fail(fault, { times: Number.POSITIVE_INFINITY, ...scope })
    }
    if (wish.lifetime) {
      state.lifetime = wish.lifetime
      server.setAccessTokenLifetime?.(wish.lifetime)
    }
    if (wish.role) acts.setRole?.(wish.role)
    if (wish.end) acts.end(wish.end)
    if (wish.impersonate) acts.impersonate?.(wish.impersonate)
    const granted = ({ grant, status }) => grant === 'refresh_token' && status === 200
    return { ...state, exchanges: server.requests.filter(granted).length }
  }
}

const PASSWORD = 'the password of a demo, which is no secret'

/** Each auth server, for the app at `appUrl`: what of it fails, what the panel can do to it, and the app's variables. */
const SERVERS = {
  workos({ createScriptedWorkOS }, { appUrl, lifetime }) {
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
    return {
      server,
      fault: { path: AUTHENTICATE },
      setRole({ email, organizationId: at, role }) {
        const { organizationId, ...changes } = member(at, role)
        server.setMembership(email, organizationId, changes)
      },
      end: (id) => server.endSession(id),
      impersonate(email) {
        const impersonator = { email: 'support@tidemark.example', reason: 'ticket 4711' }
        server.impersonate(email, impersonator)
      },
      settingsAt: ({ port }) => ({
        WORKOS_CLIENT_ID: 'client_demo',
        WORKOS_API_KEY: 'sk_test_demo',
        WORKOS_COOKIE_PASSWORD: PASSWORD,
        WORKOS_API_HOSTNAME: '127.0.0.1',
        WORKOS_API_HTTPS: 'false',
        WORKOS_API_PORT: String(port),
        NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${appUrl}/auth/callback`,
      }),
    }
  },
  gotrue({ createScriptedGoTrue }, { appUrl, lifetime }) {
    const people = users.map(({ email }) => ({ email, password: 'no secret either' }))
    const server = createScriptedGoTrue({
      users: people,
      accessTokenLifetime: lifetime,
      redirectUrls: [`${appUrl}/**`],
    })
    return {
      server,
      fault: { grant: 'refresh_token' },
      end: (id) => server.endSession(id),
      settingsAt: ({ origin }) => ({
        NEXT_PUBLIC_SUPABASE_URL: origin,
        NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_demo',
        NEXT_PUBLIC_SITE_URL: appUrl,
        SUPABASE_COOKIE_PASSWORD: PASSWORD,
      }),
    }
  },
  oidc({ createScriptedOidc }, { appUrl, lifetime, origin }) {
    const redirectUris = [`${appUrl}/auth/callback`]
    const server = createScriptedOidc({
      issuer: origin,
      // Its page for sign-outs asks nobody.
      manners: 'keycloak',
      accessTokenLifetime: lifetime,
      clients: [{ id: 'demo', secret: 'no secret either', redirectUris }],
      people: [{ sub: 'ada' }],
    })
    return {
      server,
      // It has no form: whoever comes is Ada, also after a sign-out.
      fetch(request) {
        server.signInAs({ sub: 'ada' })
        return server.fetch(request)
      },
      fault: { grant: 'refresh_token' },
      // It knows sessions by names of its own.
      end: () => server.endSessions(),
      settingsAt: () => ({
        OIDC_ISSUER: origin,
        OIDC_CLIENT_ID: 'demo',
        OIDC_CLIENT_SECRET: 'no secret either',
        OIDC_COOKIE_PASSWORD: PASSWORD,
        OIDC_REDIRECT_URI: `${appUrl}/auth/callback`,
      }),
    }
  },
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

/** Starts one of them for the app at `appUrl`; access tokens live `lifetime` ms, `kit` is `holdfast/testing`. */
export async function startServer(auth, { kit, ...how }) {
  let answer = () => Promise.reject(new Error('It has not begun.'))
  const http = createServer((request, response) => {
    toRequest(request)
      .then((incoming) => answer(incoming))
      .then((reply) => send(response, reply))
      .catch(() => response.destroy())
  })
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address()
  const origin = `http://127.0.0.1:${port}`
  const made = SERVERS[auth](kit, { ...how, origin })
  const control = createControl(made, how.lifetime)
  answer = async (request) => {
    if (new URL(request.url).pathname !== '/demo') return (made.fetch ?? made.server.fetch)(request)
    // A page elsewhere cannot send this type without being asked first.
    const json = request.headers.get('content-type') === 'application/json'
    return json ? Response.json(control(await request.json())) : new Response(null, { status: 415 })
  }
  return {
    server: made.server,
    settings: {
      ...made.settingsAt({ port, origin }),
      DEMO_AUTH: auth,
      DEMO_CONTROL_URL: `${origin}/demo`,
    },
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections()
        http.close(resolve)
      }),
  }
}
