import type { Jwk } from '../server/jwk.js'
import type { ScriptedServer } from '../server/serve.js'
import type { LoggedRequest } from '../server/types.js'

/** Whose habits the server has: what each of these answered was captured, Auth0's and Entra's are documented. */
export type OidcManners =
  | 'oidc-provider'
  | 'keycloak'
  | 'hydra'
  | 'spring'
  | 'zitadel'
  | 'auth0'
  | 'entra'

/** What becomes of a refresh token that was exchanged. */
export type OidcRotation =
  /** It goes on working; `renews` gives another one each time all the same, as Keycloak does. */
  | { readonly type: 'off'; readonly renews?: boolean | undefined }
  | {
      readonly type: 'on'
      /** For how many ms it still gets an answer, a chain of its own each time. @default 0 */
      readonly grace?: number | undefined
      /** How often it still gets one, whenever that is. @default 0 */
      readonly reuses?: number | undefined
      /** Whether a replay beyond that ends the whole session. @default true */
      readonly familyDies?: boolean | undefined
    }

/** A person to seed the server with: `sub`, and what it says of them. */
export interface OidcPerson {
  readonly sub: string
  readonly [claim: string]: unknown
}

/** An application. */
export interface OidcClientSeed {
  readonly id: string
  /** Of a confidential client. @default none: a public one */
  readonly secret?: string | undefined
  /** The public half of the key by which a client says who it is (`private_key_jwt`). */
  readonly publicKey?: Jwk | undefined
  /** Whom its access tokens are for, where they are JWTs; else they do not say. */
  readonly audience?: string | undefined
  /** Those it may ask for besides `openid` and its like, where a server refuses all others. */
  readonly scopes?: readonly string[] | undefined
  /** Compared exactly. @default 'http://localhost:3000/callback' */
  readonly redirectUris?: readonly string[] | undefined
  /**
   * Whether it gets no token without a proof (`dpop_bound_access_tokens`, RFC 9449 §5.2).
   * @default false
   */
  readonly boundAccessTokens?: boolean | undefined
}

/** How a server takes proofs of possession (RFC 9449). Times in ms. */
export interface OidcProofRules {
  /**
   * Where proofs must hold a nonce of the server. `offered`: nowhere, but its answers bring one, and one that
   * a proof holds must be right. @default 'nowhere'
   */
  readonly nonces?: 'nowhere' | 'offered' | 'token' | 'resources' | 'everywhere' | undefined
  /** For how long a nonce is the newest; the one before it is taken as well. @default 60_000 */
  readonly nonceLifetime?: number | undefined
  /**
   * How far the `iat` of a proof may be off that holds no nonce; that of one that does is not looked
   * at, as oidc-provider does it. @default 300_000
   */
  readonly tolerance?: number | undefined
  /** Which tokens are bound to the key of a proof. @default 'all' */
  readonly binds?: 'all' | 'refresh-tokens' | 'none' | undefined
}

/** Options of `createScriptedOidc`. Times in ms. */
export interface ScriptedOidcOptions {
  /** @default 'https://id.example' */
  readonly issuer?: string | undefined
  /** Where it is not said, refresh tokens do not need `prompt=consent`. @default 'oidc-provider' */
  readonly manners?: OidcManners | undefined
  /** @default that of the server whose manners it has, as it was captured */
  readonly rotation?: OidcRotation | undefined
  /** @default a public one, called 'app' */
  readonly clients?: readonly OidcClientSeed[] | undefined
  /** The first is signed in. @default one, called 'ada' */
  readonly people?: readonly OidcPerson[] | undefined
  /** Whether access tokens are JWTs. @default as the server whose manners it has */
  readonly accessTokens?: 'jwt' | 'opaque' | undefined
  /** Whole seconds. @default 60_000 */
  readonly accessTokenLifetime?: number | undefined
  /** How long a refresh token works. @default for ever */
  readonly refreshTokenLifetime?: number | undefined
  /**
   * Whether sign-ins may be pushed (RFC 9126), or must be, and announces it. Without it the server knows
   * of none.
   */
  readonly pushedRequests?: 'offered' | 'required' | undefined
  /** Takes proofs of possession, and announces it. @default it knows of none */
  readonly dpop?: OidcProofRules | undefined
  /** @default 'rs256' */
  readonly signing?: 'rs256' | 'es256' | 'digest' | undefined
  /** @default the system's clock */
  readonly clock?: { now(): number } | undefined
  /** @default Math.random */
  readonly random?: (() => number) | undefined
  /** How `slow` faults wait. @default setTimeout */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
}

/** What proves the second factor of everybody at a scripted server. */
export interface ScriptedFactorCodes {
  /** What the person's app shows. */
  readonly otp: string
  /** What is sent to the person's phone. */
  readonly bindingCode: string
  /** Worth nothing once it was used: the answer then has the next one. */
  readonly recoveryCode: string
}

/** A request as it came. */
export interface OidcRequest extends LoggedRequest {
  readonly clientId: string | null
}

/** A scripted OpenID Connect server. */
export interface ScriptedOidc extends ScriptedServer<OidcRequest> {
  /** How often a grant was asked for, such as `refresh_token`. */
  count(grant: string): number
  /** Says who is signed in at the server from now on; `null`: nobody. */
  signInAs(person: OidcPerson | null): void
  /** Ends all sessions at the server, as an administrator does. */
  endSessions(): void
  /**
   * The next refresh of each session that there is now is asked for a second factor, as Auth0 does it: it
   * spends its token, and is refused with `mfa_required`. Within ten minutes one of these codes proves it.
   * As Entra does it (`manners: 'entra'`), each refresh is refused with the claims that another sign-in
   * has to ask for, and its token is not spent.
   */
  requireSecondFactor(): ScriptedFactorCodes
  /**
   * Answers as an API behind this server: a refusal, unless the request carries a token of the server
   * that works, with a proof where one is due; else what `serve` says. Pages read of its headers what
   * the API exposes, by default none.
   */
  guard(request: Request, serve: () => Response | Promise<Response>): Promise<Response>
  /** How many sessions are not over. */
  liveSessions(): number
  /** The sessions that are not over; `sub` is whose each one is. */
  sessions(): readonly { readonly id: string; readonly sub: string }[]
  /** Ends a session, as an administrator does. */
  endSession(id: string): void
  /** Milliseconds, whole seconds: for all access tokens from now on. */
  setAccessTokenLifetime(ms: number): void
  /** A new key signs from now on; the old one still verifies. */
  rotateKey(): void
}
