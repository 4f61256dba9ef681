import type { Keycloak } from './process.js'

/** The page of all clients, and the person who signs in. */
export const APP = 'https://app.example'
export const ADA = { username: 'ada', password: 'a password of Ada' }

/** How a realm treats refresh tokens, and for how long (in s) an access token works. */
export interface RealmSettings {
  readonly name: string
  readonly rotation: 'off' | { readonly reuses: number }
  readonly accessTokenLifespan: number
  /** Where else than at `APP` pages are, such as `http://127.0.0.1:4000`. */
  readonly origins?: readonly string[]
  /** Other public clients than `spa`, and their lives of access tokens, in s. */
  readonly clients?: Readonly<Record<string, number>>
}

type Fields = Readonly<Record<string, unknown>>

/** What an administrator can do, by the address below `/admin/realms`. */
export interface Admin {
  /** @throws Error unless it is answered with 2xx. */
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  createRealm(settings: RealmSettings): Promise<void>
  /** Switches a client of a realm on or off. */
  setClient(realm: string, clientId: string, change: Fields): Promise<void>
  /** Changes the person. */
  setPerson(realm: string, change: Fields): Promise<void>
}

/** The first of a list that Keycloak has answered with. */
function firstOf(value: unknown): { readonly id: string } {
  const first: unknown = Array.isArray(value) ? value[0] : null
  const has = typeof first === 'object' && first !== null && 'id' in first
  if (!has || typeof first.id !== 'string') throw new Error('Keycloak knows none of that name.')
  return { ...first, id: first.id }
}

function clientOf(clientId: string, pages: readonly string[], life?: number): Fields {
  const attributes = {
    'pkce.code.challenge.method': 'S256',
    'post.logout.redirect.uris': '+',
    ...(life && { 'access.token.lifespan': String(life) }),
  }
  const redirectUris = pages.map((page) => `${page}/*`)
  return { clientId, publicClient: true, redirectUris, webOrigins: pages, attributes }
}

function realmOf(settings: RealmSettings): Fields {
  const { name, rotation, accessTokenLifespan, origins = [], clients = {} } = settings
  const pages = [APP, ...origins]
  const ada = { username: ADA.username, enabled: true, email: 'ada@example.com', firstName: 'Ada' }
  const credentials = [{ type: 'password', value: ADA.password, temporary: false }]
  const others = Object.entries(clients).map(([id, life]) => clientOf(id, pages, life))
  return {
    realm: name,
    enabled: true,
    accessTokenLifespan,
    revokeRefreshToken: rotation !== 'off',
    refreshTokenMaxReuse: rotation === 'off' ? 0 : rotation.reuses,
    clients: [clientOf('spa', pages), ...others],
    users: [{ ...ada, lastName: 'Lovelace', emailVerified: true, credentials }],
  }
}

/** Asks for a token of the administrator, which lives a minute. */
async function signIn({ origin, admin }: Keycloak): Promise<string> {
  const form = { grant_type: 'password', client_id: 'admin-cli', ...admin }
  const answer = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const { access_token: token } = await answer.json()
  if (typeof token !== 'string') throw new Error('The administrator is not let in.')
  return token
}

/** Makes an administrator, who signs in for each request: after a restart too. */
export function createAdmin(keycloak: Keycloak): Admin {
  const send: Admin['send'] = async (method, path, body) => {
    const authorization = `Bearer ${await signIn(keycloak)}`
    const answer = await fetch(`${keycloak.origin}/admin/realms${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text ? JSON.parse(text) : null
  }
  /** Changes the one of a list; Keycloak forgets what a change does not repeat. */
  async function change(list: string, query: string, changed: Fields): Promise<void> {
    const { id, ...fields } = firstOf(await send('GET', `${list}?${query}`))
    await send('PUT', `${list}/${id}`, { ...fields, ...changed })
  }
  return {
    send,
    createRealm: async (settings) => void (await send('POST', '', realmOf(settings))),
    setClient: (realm, clientId, changed) =>
      change(`/${realm}/clients`, `clientId=${clientId}`, changed),
    setPerson: (realm, changed) =>
      change(`/${realm}/users`, `exact=true&username=${ADA.username}`, changed),
  }
}
