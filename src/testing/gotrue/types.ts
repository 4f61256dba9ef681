import type { AccountFactor, MfaOptions } from './mfa-types.js'

/** A person to seed the server with. */
export interface SeedUser {
  readonly email?: string
  readonly phone?: string
  readonly password?: string
  readonly data?: Readonly<Record<string, unknown>>
  /** The `role` claim. @default 'authenticated' */
  readonly role?: string
}

/**
 * How refresh tokens rotate: GoTrue's two algorithms, or `strict`, where any reuse of a rotated
 * token ends its family at once.
 */
export type Rotation = 'v1' | 'v2' | 'strict'

/** An identity provider for the people of a company. */
export interface ScriptedSsoProvider {
  /** A UUID. */
  readonly id: string
  /** In small letters. */
  readonly domains: readonly string[]
  /** Who signs in there. @default `person@` the first domain */
  readonly email?: string
  /**
   * Where people sign in; from another address than the default nobody comes back.
   * @default this server's `/scripted/idp`, where the person consents at once
   */
  readonly url?: string
}

/** Options of `createScriptedGoTrue`. Times in ms. */
export interface ScriptedGoTrueOptions {
  /**
   * That it is Netlify Identity's server, as far as people sign in there: `/token` reads a form, answers name
   * nobody, mails lead to the site with a token in the fragment, a sign-out ends all sessions of a person, and
   * refusals have no code. It is written by the source of netlify/gotrue; nothing was captured. Of the options
   * about tokens, refusals and CORS it has its own; an account with the role `admin` may invite people.
   * @default as Supabase’s GoTrue
   */
  readonly manners?: 'netlify'
  /** @default 'v1' */
  readonly rotation?: Rotation
  /** How long a rotated token may be used again. @default 10_000, as the hosted service has it */
  readonly reuseInterval?: number
  /** @default 3_600_000; whole seconds */
  readonly accessTokenLifetime?: number
  readonly users?: readonly SeedUser[]
  /**
   * Whether a refresh token that was used too often ends what it belongs to: with `v1` its family,
   * with `v2` the session. `false` is a server with `REFRESH_TOKEN_ROTATION_ENABLED` off, which
   * refuses that one request. @default true
   */
  readonly reuseRevokes?: boolean
  /**
   * Whether registered addresses need no confirmation. A new address of somebody who has one already
   * is confirmed in any case. @default true
   */
  readonly autoconfirm?: boolean
  /** Whether a new email address is confirmed from the old one too. @default true */
  readonly secureEmailChange?: boolean
  /**
   * Whether a session that is a day old sets a new password only with a code of `/reauthenticate`, as
   * with `GOTRUE_SECURITY_UPDATE_PASSWORD_REQUIRE_REAUTHENTICATION`. @default false
   */
  readonly reauthentication?: boolean
  /**
   * Whether a new password takes the old one, as with
   * `GOTRUE_SECURITY_UPDATE_PASSWORD_REQUIRE_CURRENT_PASSWORD`; not of who has none, nor of who came by a
   * message. @default false
   */
  readonly currentPassword?: boolean
  /**
   * That whoever signs up or in, or asks for a message, proves that a person is there: by one of these
   * tokens of a captcha, each of which is good once. Refreshes, codes of PKCE and id tokens are free,
   * and so is `/verify`. `tokens` is read at each check: more may be added later.
   * @default none is wanted, as GoTrue has it
   */
  readonly captcha?: { readonly tokens: readonly string[] }
  /** Who can sign in by SAML. @default nobody: `/sso` says `saml_provider_disabled` */
  readonly sso?: readonly ScriptedSsoProvider[]
  /**
   * That people sign in by a wallet, with a message for an address that begins with one of these.
   * Whose signature it is, is looked at; of Solana's only where the platform has Ed25519.
   * @default none: the grant says `web3_provider_disabled`
   */
  readonly web3?: { readonly uris: readonly string[] }
  /**
   * That other apps can ask its people at this page for their consent, and get sessions of their own
   * at `/oauth/token`, without id tokens.
   * @default no: all of it says `feature_disabled`
   */
  readonly oauthServer?: { readonly consentUrl: string }
  /** Whether people sign up and in by a mail address. @default true */
  readonly email?: boolean
  /** Whether they do by a telephone number. @default true */
  readonly phone?: boolean
  /** Whether strangers may sign up by an address. @default true */
  readonly signups?: boolean
  /** Whether signing up without an address makes an anonymous user. @default true */
  readonly anonymous?: boolean
  /**
   * Whether people may link and unlink identities; by an id token they may in any case.
   * @default false, as GoTrue has it
   */
  readonly manualLinking?: boolean
  /** The other providers that are switched on, also for id tokens. @default all that are asked for */
  readonly providers?: readonly string[]
  /**
   * Switches passkeys on. `rpId` is the host of the pages that they are for, `rpName` what the person
   * is told. `origins` is read at each check: those of pages may be added later.
   * @default off, as GoTrue has it
   */
  readonly passkeys?: {
    readonly rpId: string
    readonly rpName?: string
    readonly origins: readonly string[]
  }
  /**
   * The `iss` claim; `null` for none, as on a server without `GOTRUE_JWT_ISSUER`.
   * @default 'https://scripted.example' and the path
   */
  readonly issuer?: string | null
  /** Where people end up who are sent nowhere else. @default the server's own origin */
  readonly siteUrl?: string
  /**
   * Where else they may be sent, besides to pages of the site's host: addresses, of which `**` at the end stands for
   * anything. A `redirect_to` that is none of these is left out, without a word.
   * @default none: to the site only, as GoTrue has it
   */
  readonly redirectUrls?: readonly string[] | undefined
  /** What paths begin with. @default '/auth/v1' */
  readonly path?: string
  /**
   * How much time lies between two mails, or two texts, of a kind to one person, else 429 with the
   * seconds in its text only. @default 0; a real one has 60_000
   */
  readonly mailInterval?: number
  /**
   * How many mails are sent, of all people's, before 429 without any time. @default no limit
   */
  readonly mailLimit?: number
  /**
   * Which headers pages on other origins may read besides the safelisted ones; name `Retry-After` to
   * show it to them. @default 'X-Total-Count', 'Link' and 'X-Supabase-Api-Version', as GoTrue has it
   */
  readonly exposedHeaders?: readonly string[]
  /**
   * Which headers pages on other origins may send: `bare` is a GoTrue alone, `gateway` one behind
   * Supabase's gateway, or with `GOTRUE_CORS_ALLOWED_HEADERS=apikey`, which takes `apikey` too.
   * @default 'gateway'
   */
  readonly cors?: 'gateway' | 'bare'
  /**
   * How refusals are spelt. `codes`: with an error code, as GoTrue since v2.164.0 (November 2024).
   * `oauth`: as every GoTrue of Supabase's before, without any code: the password and refresh grants
   * say `{ error: 'invalid_grant', error_description }`, all else `{ code: <status>, msg }`, and a bad
   * bearer is 401. The addresses of links that failed have the status for a code, and no fragment has
   * the `sb` of December 2025.
   * @default 'codes'
   */
  readonly errors?: 'codes' | 'oauth'
  /** @default the system's clock */
  readonly clock?: { now(): number }
  /** Waits for `slow` faults. @default setTimeout */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** @default Math.random */
  readonly random?: () => number
  /**
   * How access tokens are signed. `hs256` and `digest` are deterministic: two grants of one session
   * within a second have the same access token, as on a GoTrue with a JWT secret. Nobody but who has
   * the secret can check those; `es256` and `rs256` publish their keys, as a GoTrue with
   * `GOTRUE_JWT_KEYS`. `digest` is no cryptography at all: for simulations that cannot afford it.
   * @default 'hs256'
   */
  readonly signing?: 'hs256' | 'es256' | 'rs256' | 'digest'
  /** What `hs256` signs with. @default 'scripted-secret-of-32-characters' */
  readonly jwtSecret?: string
  /** Which second factors there are. @default codes of an app alone, as a real one has it */
  readonly mfa?: MfaOptions
}

/**
 * What a custom access token hook does to every token: refuses it in words of its own, after which the
 * refresh token works as before, or signs further claims, an earlier `exp` among them.
 */
export type AccessTokenHook =
  | { readonly refuse: { readonly status: number; readonly message: string } }
  | { readonly claims: Readonly<Record<string, unknown>> }

/** A message that a real server would have mailed or texted. */
export interface SentMessage {
  readonly to: string
  readonly type: string
  readonly code: string
  readonly tokenHash: string
  /** When it was sent, in ms since the epoch. */
  readonly at: number
  /** Where its link leads; open it with `server.fetch`. Empty for a message that is for its code. */
  readonly link: string
}

/** A way in which a person of this server can be known: an address, or another provider. */
export interface AccountIdentity {
  readonly identityId: string
  /** The name that another provider has for the person. @default the person's id */
  readonly subject?: string
  readonly provider: string
  readonly email: string | null
  readonly data: Readonly<Record<string, unknown>>
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** A person of this server. Times in ms since the epoch. */
export interface Account {
  readonly id: string
  email: string | null
  /** The address that waits for confirmation. */
  newEmail: string | null
  phone: string | null
  /** The number that waits for confirmation. */
  newPhone: string | null
  password: string | null
  data: Readonly<Record<string, unknown>>
  appMetadata: Readonly<Record<string, unknown>>
  role: string
  confirmed: boolean
  anonymous: boolean
  banned: boolean
  readonly identities: AccountIdentity[]
  readonly factors: AccountFactor[]
  confirmationSentAt: number | null
  /** Of the last magic link or recovery mail. */
  recoverySentAt: number | null
  emailChangeSentAt: number | null
  phoneChangeSentAt: number | null
  /** Of the last code for a new password, until that is set. */
  reauthenticationSentAt: number | null
  lastSignInAt: number | null
  readonly createdAt: number
  updatedAt: number
}
