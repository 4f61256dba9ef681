import {
  createScriptedGoTrue,
  createScriptedOidc,
  createScriptedWorkOS,
  type LoggedRequest,
} from 'holdfast/testing'
import type { BrowserContext } from 'playwright-core'
import { listen, relay, toRequest } from '../support/node-server.js'

/** How long an access token lives, in ms: so short that a test sees it end. */
export const LIFE = 6_000

export const ADA = { email: 'ada@example.com', password: 'correct horse' }
export const TODO = 'Water the plants'

/** A scripted auth server on the loopback, with the API that its tokens are for. */
export interface AuthServer {
  readonly origin: string
  /** How many exchanges of a refresh token it has answered. */
  refreshes(): number
  close(): Promise<void>
}

const refreshesIn = (log: readonly LoggedRequest[]): number =>
  log.filter(({ grant, status }) => grant === 'refresh_token' && status === 200).length

const readable = (request: Request): Record<string, string> => ({
  'access-control-allow-origin': request.headers.get('origin') ?? '*',
  'access-control-allow-headers': 'authorization, apikey',
})

/** Answers as an API: with `body`, where the token is one that `knows` takes. */
async function api(
  request: Request,
  body: unknown,
  knows: (authorization: string) => Promise<boolean>,
): Promise<Response> {
  const headers = readable(request)
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers })
  const isKnown = await knows(request.headers.get('authorization') ?? '')
  return isKnown
    ? Response.json(body, { headers })
    : Response.json({ message: 'Who are you?' }, { status: 401, headers })
}

export interface Project extends AuthServer {
  /** Mails Ada a link. @returns the hash of its token */
  mail(): Promise<string>
  /** Signs Ada in elsewhere. @returns the session, as auth-js keeps it */
  signInElsewhere(): Promise<string>
}

/** A project of Supabase: GoTrue, and one table. */
export async function startProject(): Promise<Project> {
  const server = createScriptedGoTrue({
    redirectUrls: ['**'],
    users: [ADA],
    accessTokenLifetime: LIFE,
    rotation: 'strict',
  })
  const http = await listen(async (incoming, response) => {
    const request = await toRequest(incoming, http.origin)
    if (new URL(request.url).pathname !== '/rest/v1/todos') {
      return relay(await server.fetch(request), response)
    }
    const knows = async (authorization: string): Promise<boolean> =>
      (await server.fetch(`${http.origin}/auth/v1/user`, { headers: { authorization } })).ok
    await relay(await api(request, [{ title: TODO }], knows), response)
  })
  const { origin, close } = http
  async function post(path: string, given: object): Promise<string> {
    const body = JSON.stringify(given)
    const answer = await server.fetch(`${origin}/auth/v1/${path}`, { method: 'POST', body })
    return answer.text()
  }
  async function mail(): Promise<string> {
    await post('otp', { email: ADA.email })
    return server.messages.at(-1)?.tokenHash ?? ''
  }
  const signInElsewhere = () => post('token?grant_type=password', ADA)
  const refreshes = () => refreshesIn(server.requests)
  return { origin, close, refreshes, mail, signInElsewhere }
}

/** An OpenID Connect server, and an API behind it at `/orders`; a token that is sent twice ends the session. */
export async function startOidcServer(
  app: string,
): Promise<AuthServer & { readonly client: Client }> {
  const client = { id: 'my-app', secret: 'the secret of the client' }
  const http = await listen(async (incoming, response) => {
    const request = await toRequest(incoming, http.origin)
    const isApi = new URL(request.url).pathname === '/orders'
    const serve = () => Response.json([{ title: TODO }])
    await relay(await (isApi ? server.guard(request, serve) : server.fetch(request)), response)
  })
  const server = createScriptedOidc({
    // At a sign-out it sends people back without a question.
    manners: 'keycloak',
    issuer: http.origin,
    accessTokenLifetime: LIFE,
    rotation: { type: 'on' },
    people: [{ sub: 'ada', name: 'Ada Lovelace' }],
    clients: [{ ...client, redirectUris: [`${app}/auth/callback`] }],
  })
  const { origin, close } = http
  return { origin, close, client, refreshes: () => refreshesIn(server.requests) }
}

export interface Client {
  readonly id: string
  readonly secret: string
}

/** WorkOS, where a browser asks for it by its own address, and an API of the app. */
export async function startWorkOS(app: string, clientId: string) {
  const server = createScriptedWorkOS({
    users: [ADA],
    accessTokenLifetime: LIFE,
    clients: [{ id: clientId, redirectUris: [`${app}/callback`], logoutUris: [`${app}/`] }],
  })
  const tokens = new Set<string>()
  const http = await listen(async (incoming, response) => {
    const request = await toRequest(incoming, http.origin)
    await relay(await api(request, TODO, async (sent) => tokens.has(sent)), response)
  })

  /** Answers in the place of WorkOS, and notes the access tokens that it gives. */
  async function attach(context: BrowserContext): Promise<void> {
    await context.route('https://api.workos.com/**', async (route) => {
      const asked = route.request()
      const body = asked.postDataBuffer()
      const answer = await server.fetch(asked.url(), {
        method: asked.method(),
        headers: await asked.allHeaders(),
        redirect: 'manual',
        ...(body && { body: new Uint8Array(body) }),
      })
      const text = await answer.text()
      const token = /"access_token":"([^"]+)"/.exec(text)?.[1]
      if (token) tokens.add(`Bearer ${token}`)
      const headers = Object.fromEntries(answer.headers)
      await route.fulfill({ status: answer.status, headers, body: text })
    })
  }
  const { origin, close } = http
  return { origin, close, attach, refreshes: () => refreshesIn(server.requests) }
}
