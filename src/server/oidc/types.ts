import type { CryptoKey, JWK } from 'jose'
import type { Provider, RefreshContext, RequestContext } from '../../core/provider.js'
import type { Grant, Session } from '../../core/session.js'
import type { SignInHints } from '../../providers/backend/types.js'
import type { VerifyIdTokenOptions } from '../../providers/oidc/id-token-judge.js'
import type {
  OidcMetadata,
  OidcOptions,
  OidcParameters,
  OidcSignInOptions,
  OidcUser,
} from '../../providers/oidc/types.js'
import type { SignInExchange } from '../backend/types.js'
import type { ServerNames } from '../sealed/end-names.js'
import type { KeySetLocation } from '../verification/key-set.js'

/** How a client says who it is (RFC 6749 §2.3, OIDC Core §9); `none` is a public client. */
export type OidcClientAuthentication =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'none'

/** A private key by which a client says who it is; the server has its public half. */
export interface OidcPrivateKey {
  readonly key: JWK | CryptoKey
  /** Its `kid`, as the server knows it. @default that of the JWK */
  readonly keyId?: string | undefined
  /** Such as `PS256`. @default that of the key, `RS256` for an RSA key that names none */
  readonly algorithm?: string | undefined
  /**
   * Its certificate, as a text of PEM, for servers that know keys by certificates, such as Entra: what is
   * signed then names it by its thumbprints (`x5t`, `x5t#S256`).
   */
  readonly certificate?: string | undefined
}

/** Hints of a sign-in that OpenID Connect has no names for. */
export type OidcNamedHint =
  | 'organizationId'
  | 'domainHint'
  | 'invitationToken'
  | 'provider'
  | 'connectionId'

/** Options of `createOidc`: a client on a server, which proves who it is. */
export interface OidcServerOptions
  extends Pick<
    OidcOptions,
    | 'issuer'
    | 'clientId'
    | 'scope'
    | 'metadata'
    | 'parameters'
    | 'loadUser'
    | 'postLogoutParameter'
    | 'endSessionEndpoint'
    | 'headers'
    | 'fetch'
    | 'dangerouslyAllowInsecureHttp'
  > {
  /** The secret of the client. Keep it on the server. */
  readonly clientSecret?: string | undefined
  /** The key of the client, instead of a secret. Keep it on the server. */
  readonly privateKey?: OidcPrivateKey | undefined
  /** @default 'client_secret_basic' with a secret, 'private_key_jwt' with a key; none must be said */
  readonly clientAuthentication?: OidcClientAuthentication | undefined
  /** Whom what the `privateKey` signs is for; some servers want their token endpoint. @default 'issuer' */
  readonly assertionAudience?: 'issuer' | 'token_endpoint' | undefined
  /** The API that the tokens of sessions are for (RFC 8707). @default as the server has it */
  readonly resource?: string | undefined
  /**
   * Whether sign-ins are pushed to the server, so that nobody on the way reads or changes what they ask for
   * (RFC 9126). `true`: also where the server refuses that to this client, and the sign-in then fails.
   * @default where the server takes or requires it, and lets this client
   */
  readonly pushRequests?: boolean | undefined
  /**
   * What the server calls the hints of a sign-in that have no name in OpenID Connect. One without a name
   * is refused. @default { organizationId: 'organization', domainHint: 'domain_hint' }
   */
  readonly hintParameters?: Readonly<Partial<Record<OidcNamedHint, string>>> | undefined
  /**
   * Has each id token verified by the keys that the issuer publishes (`jwks_uri`), before it is believed:
   * `true`, or how. A sign-in fails while the keys cannot be had; a refresh goes on with its new tokens, and
   * the id token before. For where TLS ends at a proxy that could write answers of its own.
   * @default they are believed as they come from the token endpoint over TLS (OIDC Core §3.1.3.7)
   */
  readonly verifyIdToken?: boolean | VerifyIdTokenOptions | undefined
  /**
   * Whether seals keep the id token, about 1 kB: many servers want to see it before they end a session of
   * theirs without asking. @default true
   */
  readonly keepIdToken?: boolean | undefined
  /**
   * Whether the server has a revocation endpoint. Without one a session that was ended here is kept out
   * for as long as its refresh token may live. @default true
   */
  readonly revokesTokens?: boolean | undefined
  /** Milliseconds for a call that is given no signal, and for each request of a sign-in. @default 10_000 */
  readonly requestTimeout?: number | undefined
  /** Milliseconds since the epoch, for what the `privateKey` signs and for waits. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** A sign-in as the server is asked for it. */
export interface OidcSignInRequest extends SignInHints, Pick<OidcSignInOptions, 'parameters'> {
  /** Where the server sends people back to; it must be on its list. */
  readonly redirectUri: string
  /** Comes back with the code. It must be a secret of this browser's, or anybody signs it in. */
  readonly state: string
  /** The S256 challenge of the verifier that `exchangeCode` gets (RFC 7636). It is the nonce, too. */
  readonly codeChallenge: string
  /** `sign-up` begins with the registration, where the server knows that. @default with the sign-in */
  readonly screenHint?: 'sign-up' | undefined
}

/** What came back, and how the person was to prove who they are. */
export interface OidcCodeExchange extends SignInExchange {}

/** What the page that ends a session at the server is asked for. */
export interface OidcSignOutRequest {
  /** Of the session; without it many servers ask the person. */
  readonly idToken?: string | undefined
  /** Where people return to; it must be on the server's list. */
  readonly returnTo?: string | undefined
  /** Given back with that address. */
  readonly state?: string | undefined
  /** Any others, by the server's names: `logout_hint`, `ui_locales`, Auth0's `federated`. */
  readonly parameters?: OidcParameters | undefined
}

/** What tokens are for. */
export interface OidcTokenRequest {
  /** With blanks in between. @default as the server has it */
  readonly scope?: string | undefined
  /** The API that they are for (RFC 8707). */
  readonly resource?: string | undefined
  /** The same, for servers that take no `resource`. */
  readonly audience?: string | undefined
  /** Any others, by the server's names. */
  readonly parameters?: OidcParameters | undefined
}

/** A kind of token (RFC 8693 §3): a word of it, or any address. */
export type OidcTokenType =
  | 'access_token'
  | 'refresh_token'
  | 'id_token'
  | 'jwt'
  | 'saml1'
  | 'saml2'
  | (string & Record<never, never>)

/** A token that is to be traded for another (RFC 8693 §2.1). */
export interface OidcTokenExchange extends OidcTokenRequest {
  /** Whom the new token is about. */
  readonly subjectToken: string
  /** @default 'access_token' */
  readonly subjectTokenType?: OidcTokenType | undefined
  /** Who acts for them. */
  readonly actorToken?: string | undefined
  /** @default 'access_token' */
  readonly actorTokenType?: OidcTokenType | undefined
  /** @default as the server has it */
  readonly requestedTokenType?: OidcTokenType | undefined
}

/** Tokens that are nobody's session. */
export interface OidcTokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** How long the access token lives from now, in ms. */
  readonly lifetime: number
  /** As the server says it. */
  readonly tokenType: string | undefined
  readonly scope: string | undefined
  /** What kind of token came of an exchange. */
  readonly issuedTokenType: string | undefined
}

/** What a server says of a token (RFC 7662 §2.2), by its own names. */
export interface OidcIntrospection {
  readonly active: boolean
  readonly [name: string]: unknown
}

/** An OpenID Connect or OAuth 2 server, as a client on a server speaks to it. All throw AuthError. */
export interface OidcServer extends Pick<Provider<never, OidcUser>, 'id' | 'signOut'> {
  readonly issuer: string
  readonly clientId: string
  /** How long the requests of a sign-in may take, in ms. */
  readonly requestTimeout: number
  /** What of the `extras` of its grants seals keep. */
  readonly sealedExtras: readonly string[]
  /** Its `sid` names a browser that is signed in there, and so several sign-ins. */
  readonly sharesSessionIds: true
  /** There are no seals of older releases and other libraries that could be its own. */
  readonly ownSealsOnly: true
  /** What it calls a session, its `sid`, and the person, their `sub`: by the id token, where the seal keeps it. */
  namesOf(session: Session<OidcUser>): ServerNames
  /** Where the keys of its tokens are, for `createVerifier`. */
  readonly keys: KeySetLocation
  /** Whether a refresh token is one of the server's, and not what stands for none. */
  renews(refreshToken: string): boolean
  /** What the server tells of itself, asked for once. @throws AuthError */
  metadata(context?: RequestContext): Promise<OidcMetadata>
  /** @throws AuthError `refresh_rejected` for the one answer that ends a session. */
  refresh(refreshToken: string, context: RefreshContext): Promise<Grant<OidcUser> | null>
  /**
   * Where to send the browser for signing in.
   * @throws AuthError `invalid_argument` for what cannot be asked for.
   */
  authorizeUrl(request: OidcSignInRequest, context?: RequestContext): Promise<string>
  /**
   * Trades the code of a redirect for a session.
   * @throws AuthError `invalid_credentials` for a wrong code, or an answer of another server than was asked;
   *   `bad_response` for an id token that does not fit; `step_required` when there is more to do.
   */
  exchangeCode(exchange: OidcCodeExchange, context?: RequestContext): Promise<Grant<OidcUser>>
  /**
   * Where to send the browser to end a session, so that the server forgets the person too.
   * @throws AuthError `rejected` where it has no such page; `invalid_argument` for a `returnTo` that is no
   *   absolute http(s) URL.
   */
  signOutUrl(request?: OidcSignOutRequest, context?: RequestContext): Promise<string>
  /** Ends a token, and what came of it (RFC 7009); one that is over already is what was asked for. */
  revoke(
    token: string,
    kind?: 'refresh_token' | 'access_token',
    context?: RequestContext,
  ): Promise<void>
  /** Asks whether an access token lives (RFC 7662). */
  introspect(token: string, context?: RequestContext): Promise<OidcIntrospection>
  /** Tokens of this client itself, for nobody in particular (RFC 6749 §4.4). Keep them while they live. */
  clientCredentials(request?: OidcTokenRequest, context?: RequestContext): Promise<OidcTokens>
  /** Trades a token for another one, of another audience or of fewer rights (RFC 8693). */
  exchangeToken(exchange: OidcTokenExchange, context?: RequestContext): Promise<OidcTokens>
}
