import type { AuthError } from '../../core/errors.js'
import type { Awaitable } from '../../core/ports.js'
import type { RequestContext } from '../../core/provider.js'
import type { Grant, Session, SessionUser } from '../../core/session.js'
import type { SignInHints } from '../../providers/backend/types.js'
import type { EventStreamOptions } from '../endings/event-streams.js'
import type { GlobalRevocationOptions } from '../endings/global-revocation.js'
import type { RequestSessions, ServerSession } from '../requests/request-sessions.js'
import type { Password } from '../sealed/seal.js'
import type { KeySetLocation } from '../verification/key-set.js'
import type { Organization } from './choices.js'
import type { Call, Handler } from './handler.js'
import type { Upstream } from './upstreams.js'

export type { Call, Handler } from './handler.js'

/** A sign-in as the auth server gets it, with what a page asked for in the query of `/sign-in`. */
export interface AuthorizeRequest extends SignInHints {
  readonly redirectUri: string
  readonly state: string
  /** The S256 challenge of the verifier that comes with the code. */
  readonly codeChallenge: string
  readonly screenHint?: 'sign-up' | undefined
}

/**
 * What came back from the auth server, and what was kept of the sign-in in this browser, such as how the person was
 * to prove who they are.
 */
export interface SignInExchange extends Pick<SignInHints, 'maxAge' | 'acrValues' | 'claims'> {
  readonly code: string
  readonly codeVerifier: string
  readonly redirectUri: string
  /** The server that says it has answered, where it says so: the `iss` of the callback (RFC 9207). */
  readonly issuer?: string | undefined
}

/** The auth server where people sign in. `workosServer` is one. */
export interface SignInServer<User extends SessionUser = SessionUser> {
  /** As it calls itself in callbacks, where it does: a refusal by another one is none of its (RFC 9207 §2.4). */
  readonly issuer?: string | undefined
  /** What it calls this app. */
  readonly clientId?: string | undefined
  /**
   * The keys of its logout tokens: with them, its `issuer` and the `clientId`, it may end sessions by
   * `POST <basePath>/back-channel-logout`.
   */
  readonly keys?: KeySetLocation | undefined
  /** @throws AuthError `invalid_argument` for hints that cannot be. */
  authorizeUrl(request: AuthorizeRequest): Awaitable<string>
  /** How long the requests of a sign-in may take, in ms: ten seconds where it says nothing. */
  readonly requestTimeout?: number | undefined
  /** Trades the code of a redirect for a session. @throws AuthError */
  exchangeCode(exchange: SignInExchange, context: RequestContext): Promise<Grant<User>>
  /**
   * Ways to sign in that not every auth server has, by their paths beneath that of the backend. They take the
   * place of no route that every backend has.
   */
  routes?(tools: RouteTools<User>): Readonly<Record<string, Handler>>
  /**
   * Goes on with a sign-in that `exchangeCode` refused with `step_required`, because somebody must choose an
   * organization first. For `organizationPage`. @throws AuthError
   */
  selectOrganization?(
    selection: { readonly pendingAuthenticationToken: string; readonly organizationId: string },
    context: RequestContext,
  ): Promise<Grant<User>>
}

/** A link in a message, by which the browser that asked for it comes back to the callback. */
export interface PendingLink
  extends Pick<AuthorizeRequest, 'redirectUri' | 'state' | 'codeChallenge'> {
  /** The `Set-Cookie` values that keep the secret of it for a day. */
  readonly setCookies: readonly string[]
}

/** What the routes of an auth server's own are made with. */
export interface RouteTools<User extends SessionUser> {
  /** Where the routes are. */
  readonly basePath: string
  /** Signs somebody in, and tells the page that asked. @throws AuthError what `onSignIn` threw */
  welcome(grant: Grant<User>, call: Call): Promise<Response>
  /** Signs somebody in, and sends the browser to a page of the app. @throws as `welcome` does */
  enter(grant: Grant<User>, call: Call, arrival: Arrival): Promise<Response>
  /** Acts as the person of the request, then refreshes the session. A page that means another one, by `sessionId`, gets 409. */
  as(call: Call, sessionId: unknown, work: Deed<User>): Promise<Response>
  /** The origin of the pages. */
  appOrigin(call: Call): string
  /** The page of the app at an address or path; `/` for what is none, and for the callback. */
  pathOf(call: Call, address: string | null): string
  /** Sends the browser to a page of the app; to `/` where the path leads elsewhere. */
  leave(call: Call, returnTo: string | null): Response
  /** Begins what a link in a message will finish, of which the page wants to be back at this path. */
  begin(call: Call, returnTo: string | null | undefined): Promise<PendingLink>
  /** What this browser began, by the address that the link leads to; `null` for what it did not. */
  begun(call: Call, address: string | null): Promise<Arrival | null>
  /** Answers a sign-in that failed, whose browser is to see a page. @throws what is no AuthError. */
  fail(call: Call, error: unknown): Promise<Response>
  /** Whether a page of the app sent this request. */
  isOwn(call: Call): boolean
}

/** What is done as somebody; it may give `Set-Cookie` values for the answer. @throws AuthError */
export type Deed<User extends SessionUser> = (
  session: ServerSession<User>,
) => Promise<readonly string[]>

/** Where somebody arrives who is signed in. */
export interface Arrival {
  /** A path of the app. */
  readonly returnTo: string | null
  /** What the app wants to see again. */
  readonly state?: string | undefined
  /** The `Set-Cookie` values that are due besides. */
  readonly setCookies?: readonly string[] | undefined
}

/** A sign-in that the auth server has granted, before anybody is signed in by it here. */
export interface GrantedSignIn<User extends SessionUser = SessionUser> {
  /**
   * The session that begins. Its `extras` are what the answer held besides, under the auth server's own
   * names, such as `oauth_tokens` of WorkOS: they come this once, and a seal keeps of them only what the
   * provider names.
   */
  readonly session: Session<User>
  /** The `state` that a page of ours gave the sign-in; nothing where none did. */
  readonly state: string | undefined
  /** The page of the app that the person is to return to: a path. */
  readonly returnTo: string
  /** The request that finishes the sign-in. */
  readonly request: Request
}

/** Options of `createBackend`. */
export interface BackendOptions<User extends SessionUser = SessionUser> {
  readonly sessions: RequestSessions<User>
  readonly signIn: SignInServer<User>
  /** Seals the cookies of sign-ins that are under way. It may be the one of the sessions. */
  readonly password: Password
  /** Where the routes are. @default '/auth' */
  readonly basePath?: string | undefined
  /**
   * Where the auth server sends people back to; it must be on its list. Its path is answered too.
   * @default `<origin><basePath>/callback`
   */
  readonly redirectUri?: string | undefined
  /**
   * In place of `redirectUri` and `origin`, where browsers know this server under several, such as those of
   * previews: all addresses that the auth server may send people back to, one for each origin. A sign-in uses
   * the one of the origin that it was begun at, which is the request's own, or one that `Host` or
   * `X-Forwarded-Host` names. Requests to any other get 421. @default the one of `redirectUri`
   */
  readonly redirectUris?: readonly string[] | undefined
  /**
   * The origin under which browsers know this server, such as `https://app.example`. Pass it or
   * `redirectUri` behind a proxy that changes addresses, and for development by `http:`, where
   * cookies that are `Secure` fail. @default the origin of `redirectUri`, or of each request
   */
  readonly origin?: string | undefined
  /** The origin of the pages, where it is another one. @default `origin` */
  readonly appOrigin?: string | undefined
  /** Further origins whose pages may call, and choose where somebody signs in. @default none but `appOrigin` */
  readonly allowedOrigins?: readonly string[] | undefined
  /**
   * Whether pages get the access token, for APIs that they call by themselves. Any script in the
   * page can read it then. @default false
   */
  readonly exposeAccessToken?: boolean | undefined
  /** Servers that get requests to `/proxy/<name>/…`, with the token. @default none */
  readonly upstreams?: Readonly<Record<string, Upstream>> | undefined
  /**
   * The hints that a sign-in takes which no page of ours began, such as one by a link on another
   * site or in a mail, also where a page of yours, or of another site, redirects who came by it. `connectionId`, `provider` and what else
   * chooses where people sign in could make one person pass for another. Of one that is not taken `report` hears, once.
   * @default ['invitationToken', 'prompt', 'maxAge', 'uiLocales']
   */
  readonly crossSiteHints?: readonly (keyof SignInHints)[] | undefined
  /**
   * What pages may tell the auth server's page that ends a session, by its own names, such as `logout_hint` or Auth0's
   * `federated`: a page that asks for more gets 400, and stays signed in. @default nothing
   */
  readonly signOutParameters?: readonly string[] | undefined
  /**
   * Hears of every sign-in before its session is set, and may make the person's account. A path of the app
   * that it returns, or resolves to, is where the person goes, in place of `returnTo`; any other text leads to `/`. When it throws, the sign-in has failed: nobody is signed in, whoever was stays so, and
   * `onSignInError` gets the AuthError, or `rejected` with what was thrown as its `cause`, of which `report`
   * hears. It is not asked twice for one sign-in. @default nobody does
   */
  readonly onSignIn?: ((signIn: GrantedSignIn<User>) => unknown) | undefined
  /**
   * The page of the app on which somebody with several organizations chooses one in the middle of a sign-in, a
   * path. It reads them by `GET <basePath>/organizations` and links to `<basePath>/organization?id=…` for each,
   * which ends the sign-in. @default none: such a sign-in has failed
   */
  readonly organizationPage?: string | undefined
  /**
   * Whose requests to end all sessions of a person are taken, at `POST <basePath>/global-token-revocation`: Okta's
   * Universal Logout is one. @default nobody’s
   */
  readonly globalRevocation?:
    | Omit<GlobalRevocationOptions, 'sessions' | 'report' | 'now'>
    | undefined
  /**
   * Whether pages may open an event stream, `GET <basePath>/events`, on which they hear at once that their session is
   * over: see `backendEvents` of `holdfast/providers/backend/events`. Each is a connection that stays open: nothing
   * for functions that are paid by the second. @default false
   */
  readonly events?: boolean | EventStreamOptions | undefined
  /**
   * Whether the auth server may end the session of a browser by a frame, at `GET <basePath>/front-channel-logout`: for
   * one that knows nothing better. Browsers send cookies into such a frame only where that server is of the same site
   * as the app, or, with the `sameSite` `none`, where they allow third-party cookies. @default false
   */
  readonly frontChannelLogout?: boolean | undefined
  /**
   * The answer to a sign-in that failed, or was never begun in this browser. @default the error as
   * JSON; and a fresh sign-in, once, for a callback that this browser did not begin
   */
  readonly onSignInError?: ((error: AuthError, request: Request) => Awaitable<Response>) | undefined
  /**
   * Hears of what nobody else hears of: outages of upstreams, and of the auth server at sign-outs, and hints that a
   * sign-in did not take, once each; unexpected failures.
   */
  readonly report?: ((error: unknown) => void) | undefined
  /** For upstreams. @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** A backend for a frontend: what pages need of a session, without its tokens. */
export interface Backend {
  /** Answers a request; `null` when it is for something else of the app. Never rejects. */
  handle(request: Request): Promise<Response | null>
  /** Whether a path is one of the routes that `handle` answers, or an upstream's. */
  owns(pathname: string): boolean
  /**
   * The organizations that the browser of this request is to choose from, for an `organizationPage` that a
   * server renders; `null` when it is not to choose.
   */
  organizationsOf(request: Request): Promise<readonly Organization[] | null>
}
