import type { AuthClient, AuthClientOptions } from '../../src/client.js'
import type { Session } from '../../src/core/session.js'
import type { ManualClock, Rotation } from '../../src/testing/index.js'
import type { Context } from './context.js'
import { gotrueWire } from './gotrue-wire.js'
import { isOidcServer, type OidcServer, oidcWire } from './oidc-wire.js'
import type { World } from './world.js'

/** What the clients of a world speak. */
export type Protocol = 'gotrue' | 'oidc'

/** How the server of a world treats refresh tokens: GoTrue's ways, and those of OpenID Connect servers. */
export type ServerKind = Rotation | OidcServer

/** The protocol of a server. */
export const protocolOf = (kind: string): Protocol => (isOidcServer(kind) ? 'oidc' : 'gotrue')

/** What worlds ask of a client, whatever its server speaks. */
export type Client = Pick<
  AuthClient<never, { readonly id: string }, object>,
  'getSession' | 'refreshSession' | 'signOut' | 'dispose' | 'getSnapshot' | 'onAuthStateChange'
>

/** A client, and how somebody signs in with it. */
export interface Opened {
  readonly auth: Client
  signIn(email: string): Promise<Session | null>
}

/** Where a client lives, and how its requests leave. */
export interface Place {
  readonly tab: Context['tab']
  readonly send: typeof fetch
  readonly options: Pick<
    AuthClientOptions<never, { readonly id: string }, object>,
    'storage' | 'storageKey' | 'autoRefresh' | 'environment' | 'timeouts'
  >
}

/** A session as an answer of the server gives it. */
export interface Answered {
  readonly accessToken: string
  readonly refreshToken: string
  /** Of the access token, in ms. */
  readonly lifetime: number
  /** The server's session: all tokens that descend from one sign-in. */
  readonly session: string
  readonly user: string
}

/** The server of a world and all that knows how it is spoken to. */
export interface Wire {
  /** The address below which its paths lie. */
  readonly base: string
  /** The key under which another library keeps a session with this server. */
  readonly foreignKey: string
  /** The body of a definite refusal that no provider knows. */
  readonly teapot: string
  /** Whether it refuses no refresh token that was traded before. */
  readonly forgives: boolean
  /** The server itself, without a network in between. */
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Lets everything happen that is ready. */
  settle(): Promise<void>
  open(world: World, place: Place): Opened
  /** The refresh token that a request wants to trade. */
  presented(text: string): string | undefined
  /** Whether something may befall requests for this path on their way. */
  isFragile(path: string): boolean
  /** Whether requests for this path only find out where the next one goes. */
  isLookup(path: string): boolean
  /** Whether answers with this status are the server's word against a refresh token. */
  refuses(status: number): boolean
  /** The session that an answer gives; `null` where it gives none. */
  read(body: unknown): Answered | null
  /** Lets somebody sign in without any context; the server's answer. */
  signInElsewhere(email: string): Promise<unknown>
  /** What another library keeps of such an answer. */
  kept(body: unknown): string
  sessions(): readonly { readonly id: string }[]
  endSession(id: string): void
  /** In ms. */
  setAccessTokenLifetime(ms: number): void
}

/** What a wire is made of. */
export interface WireParts {
  readonly clock: ManualClock
  readonly lifetime: number
  readonly random: () => number
  /** The addresses of everybody. */
  readonly people: readonly string[]
}

/** Makes the server of a world. */
export const createWire = (kind: ServerKind, parts: WireParts): Wire =>
  isOidcServer(kind) ? oidcWire(kind, parts) : gotrueWire(kind, parts)
