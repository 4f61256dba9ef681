import {
  AuthClient,
  type AuthError,
  isAuthError,
  memoryKeys,
  memoryStorage,
  type Session,
  type SignOutReason,
} from 'holdfast'
import type { OidcActions, OidcOptions, OidcProvider, OidcUser } from 'holdfast/providers/oidc'
import { keycloak } from 'holdfast/providers/oidc/presets'
import { type Admin, APP, type RealmSettings } from './admin.js'
import { createPageNetwork, isReadable, type PageNetwork } from './page-fetch.js'
import { createPerson } from './person.js'

export const BYE = `${APP}/bye`

type Client = AuthClient<never, OidcUser, OidcActions>

/** What the server said to a request that was sent by hand. */
export interface Reply {
  readonly status: number
  readonly error: string | undefined
  readonly refreshToken: string | undefined
  /** In a few words: status, error, and whether a page may read it. */
  readonly text: string
}

/** Somebody who is signed in, with clients in as many tabs as were asked for. */
export interface World {
  readonly auth: Client
  readonly clients: readonly Client[]
  readonly session: Session<OidcUser>
  readonly network: PageNetwork
  /** The address that she signed in at. */
  readonly address: string
  /** Why the first client's session has ended; `null` while it goes on. */
  ended(): SignOutReason | null
  visit(href: string): Promise<string>
}

/** One realm, and what can be done in it. */
export interface RealmLab {
  readonly settings: RealmSettings
  readonly admin: Admin
  /** The address of the realm's endpoints. */
  readonly endpoints: string
  readonly issuer: string
  provider(network?: PageNetwork, options?: Partial<OidcOptions>): OidcProvider
  signedIn(tabs?: number, options?: Partial<OidcOptions>): Promise<World>
  /** Sends a form as a page would. */
  post(path: string, form: Readonly<Record<string, string>>): Promise<Reply>
  /** Trades a refresh token by hand. */
  refresh(token: string | null | undefined): Promise<Reply>
  /** Ends all clients. */
  close(): void
}

const textIn = (body: unknown, name: string): string | undefined => {
  if (typeof body !== 'object' || body === null || !(name in body)) return undefined
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : undefined
}

/** Reads an answer as tables have it. */
export async function readReply(response: Response): Promise<Reply> {
  const body: unknown = await response.json().catch(() => null)
  const [error, description] = [textIn(body, 'error'), textIn(body, 'error_description')]
  const said = [response.status, error, description && `“${description}”`]
  const text = said.filter(Boolean).join(' ')
  return {
    status: response.status,
    error,
    refreshToken: textIn(body, 'refresh_token'),
    text: isReadable(response) ? text : `${text}; no CORS header: a page sees a network error`,
  }
}

/** The failure of a call; an error that is none of this library's is thrown on. */
export async function failureOf(call: Promise<unknown>): Promise<AuthError | null> {
  try {
    await call
    return null
  } catch (error) {
    if (isAuthError(error)) return error
    throw error
  }
}

/** Fails a check in the words of its promise. */
export function ensure(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}

/** Makes a realm of a running server. `url` is the server's address. */
export async function createRealmLab(
  url: string,
  admin: Admin,
  settings: RealmSettings,
): Promise<RealmLab> {
  await admin.createRealm(settings)
  const realm = settings.name
  const [issuer, closing] = [`${url}/realms/${realm}`, new Set<Client>()]
  const endpoints = `${issuer}/protocol/openid-connect`
  const redirectUri = `${APP}/callback`
  const provider: RealmLab['provider'] = (network, options) => {
    const own = { url, realm, clientId: 'spa', redirectUri, ...options }
    return keycloak({ ...own, ...(network && { fetch: network.fetch }) })
  }
  const post: RealmLab['post'] = async (path, form) => {
    const headers = { origin: APP }
    const body = new URLSearchParams({ client_id: 'spa', ...form })
    return readReply(await fetch(`${endpoints}${path}`, { method: 'POST', headers, body }))
  }

  async function signedIn(tabs = 1, options: Partial<OidcOptions> = {}): Promise<World> {
    const [network, visit, storage] = [createPageNetwork(), createPerson(), memoryStorage()]
    const shared = { storage, storageKey: realm, keys: memoryKeys() }
    const clients = Array.from({ length: tabs }, () => {
      const auth = new AuthClient({ provider: provider(network, options), ...shared })
      closing.add(auth)
      return auth
    })
    const [auth] = clients
    ensure(auth !== undefined, 'A world has at least one tab.')
    let reason: SignOutReason | null = null
    auth.onAuthStateChange((event, _session, detail) => {
      if (event === 'SIGNED_OUT' && 'reason' in detail) reason = detail.reason
    })
    const address = await auth.actions.signInUrl()
    const returned = await visit(address)
    const result = await auth.actions.handleRedirect({ url: returned })
    const session = result?.session
    ensure(Boolean(session) && result?.user?.email === 'ada@example.com', 'Ada is not signed in.')
    ensure(session !== null && session !== undefined, 'There is no session.')
    return { auth, clients, session, network, address, visit, ended: () => reason }
  }

  return {
    settings,
    admin,
    endpoints,
    issuer,
    provider,
    signedIn,
    post,
    refresh: (token) => post('/token', { grant_type: 'refresh_token', refresh_token: token ?? '' }),
    close() {
      for (const auth of closing) auth.dispose()
    },
  }
}
