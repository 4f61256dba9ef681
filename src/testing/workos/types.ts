import type { Impersonator } from '../../core/session.js'
import type { LoggedRequest } from '../server/types.js'

/** What somebody is in an organization; the claims of their next token there. */
export interface WorkOSMembership {
  readonly organizationId: string
  /** @default 'member' */
  readonly role?: string | undefined
  /** @default the role alone */
  readonly roles?: readonly string[] | undefined
  /** @default none, which the token says with an empty list */
  readonly permissions?: readonly string[] | undefined
  /** @default no such claim */
  readonly entitlements?: readonly string[] | undefined
  /** @default no such claim */
  readonly featureFlags?: readonly string[] | undefined
}

/** What the server knows of a person besides who they are and where they belong. */
export interface WorkOSProfile {
  readonly password?: string | undefined
  /** @default true */
  readonly emailVerified?: boolean | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly profilePictureUrl?: string | undefined
  readonly locale?: string | undefined
  readonly externalId?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** A person to seed the server with. */
export interface WorkOSUserSeed extends WorkOSProfile {
  readonly email: string
  /** @default a new one */
  readonly id?: string | undefined
  /** In the order in which the server offers them. */
  readonly memberships?: readonly WorkOSMembership[] | undefined
}

/** How an organization is, and what it asks of whoever enters it. */
export interface WorkOSOrganizationSettings {
  /** @default its id */
  readonly name?: string | undefined
  /** A step that only the hosted pages can take: sign-in by `authorize` satisfies it. */
  readonly requires?: 'sso' | 'mfa_enrollment' | undefined
  /** Its single sign-on connections. @default one, called `conn_` and its id */
  readonly connectionIds?: readonly string[] | undefined
  /** Told as `authkit_redirect_url` when a step is required. */
  readonly redirectUrl?: string | undefined
}

/** An organization to seed the server with. Those of memberships need no seed. */
export interface WorkOSOrganizationSeed extends WorkOSOrganizationSettings {
  readonly id: string
}

/** An application. Requests without its API key are those of a public client. */
export interface WorkOSClientSeed {
  readonly id: string
  /** Its `client_secret`. @default 'sk_test_scripted' */
  readonly apiKey?: string | undefined
  /** Compared exactly. @default 'http://localhost:3000/callback' */
  readonly redirectUris?: readonly string[] | undefined
  /** Where a sign-out may lead; the first if none is named. @default 'http://localhost:3000/' */
  readonly logoutUris?: readonly string[] | undefined
  /** Whether public requests get their refresh token in an HttpOnly cookie. @default false */
  readonly cookies?: boolean | undefined
}

/** Options of `createScriptedWorkOS`. Times in ms. */
export interface ScriptedWorkOSOptions {
  /** @default one, called 'client_scripted' */
  readonly clients?: readonly WorkOSClientSeed[] | undefined
  readonly users?: readonly WorkOSUserSeed[] | undefined
  readonly organizations?: readonly WorkOSOrganizationSeed[] | undefined
  /**
   * What becomes of a sign-in without an organization by somebody with several: the first, or
   * `organization_selection_required`. @default 'first'
   */
  readonly organizationChoice?: 'first' | 'required' | undefined
  /**
   * Whether a sign-in by an OAuth provider, such as `GoogleOAuth`, brings the tokens of that provider: an
   * option of each provider in the dashboard. @default false
   */
  readonly oauthTokens?: boolean | undefined
  /**
   * Whether people must prove that their address is theirs before they get a session, where no page of AuthKit
   * has asked them. @default 'off'
   */
  readonly emailVerification?: 'off' | 'required' | undefined
  /** Whether people must prove who they are a second time, where no page of AuthKit has. @default 'off' */
  readonly mfa?: 'off' | 'required' | undefined
  /**
   * Whether Radar is in doubt of whoever signs in, and by what they must prove themselves, where no page of AuthKit
   * has asked. @default 'off'
   */
  readonly radar?: 'off' | 'email' | 'sms' | undefined
  /** How strangers to an organization are refused. @default 'organization_membership_not_found' */
  readonly membershipError?:
    | 'organization_membership_not_found'
    | 'organization_not_authorized'
    | undefined
  /** `mfa_enrollment` as 403 `{ code }` or as 400 `{ error }`: the API documents both. @default 'code' */
  readonly mfaEnvelope?: 'code' | 'error' | undefined
  /** Whole seconds. @default 300_000, as WorkOS has it */
  readonly accessTokenLifetime?: number | undefined
  /** How long a session lasts at most. @default for ever */
  readonly sessionLifetime?: number | undefined
  /** How long a session lasts without a refresh. @default for ever */
  readonly inactivityTimeout?: number | undefined
  /**
   * How long an exchanged token gives the same pair again, whatever organization it asks for.
   * @default 30_000, as WorkOS has it
   */
  readonly replayGrace?: number | undefined
  /** What a JWT template adds to every access token. @default nothing */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** The `iss` claim. @default 'https://api.workos.com/user_management/' and the client id */
  readonly issuer?: string | undefined
  /**
   * Which headers pages on other origins may read besides the safelisted ones; name `Retry-After` to
   * show it to them. @default none
   */
  readonly exposedHeaders?: readonly string[] | undefined
  /** @default the system's clock */
  readonly clock?: { now(): number } | undefined
  /** Waits for `slow` faults. @default setTimeout */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
  /** @default Math.random */
  readonly random?: (() => number) | undefined
  /** `digest` is no cryptography at all: for tests that verify nothing. @default 'rs256' */
  readonly signing?: 'rs256' | 'digest' | undefined
}

/** A session that lives, as the server sees it. */
export interface WorkOSSessionInfo {
  readonly id: string
  readonly userId: string
  readonly clientId: string
  readonly organizationId: string | null
  readonly impersonator: Impersonator | null
}

/** A mail with six digits, as somebody got it, or a text message. */
export interface WorkOSMail {
  /** An address, or a phone number. */
  readonly to: string
  readonly kind: 'magic_auth' | 'email_verification' | 'radar_challenge'
  readonly code: string
}

/** A request as it came. Holds tokens: this is a test kit. */
export interface WorkOSRequest extends LoggedRequest {
  readonly clientId: string | null
  /** The organization that was asked for. */
  readonly organizationId: string | null
}
