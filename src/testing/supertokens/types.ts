import type { ScriptedServer } from '../server/serve.js'
import type { LoggedRequest } from '../server/types.js'

/** What a core before 2.21 says of its cookies. */
export interface SuperTokensCoreCookie {
  /** @default 'localhost' for interface 1.0, which must name one; else none */
  readonly domain?: string | undefined
  /** @default false */
  readonly secure?: boolean | undefined
  /** Told since interface 2.0. @default 'lax' */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined
  /** @default '/' */
  readonly accessTokenPath?: string | undefined
  /** @default '/session/refresh' */
  readonly refreshTokenPath?: string | undefined
}

/**
 * How refresh tokens rotate for requests of interface 5.6. Those of others are promoted: the next
 * token replaces its parent when it is first used.
 */
export interface SuperTokensRotation {
  /** How long a token is good that was replaced, in ms. @default 30_000 */
  readonly grace?: number | undefined
  /** What a token says that was replaced lately. @default 'TOKEN_THEFT' */
  readonly reuse?: 'TOKEN_THEFT' | 'UNAUTHORISED' | undefined
}

/** Options of `createScriptedSuperTokensCore`. Times in ms. */
export interface ScriptedSuperTokensCoreOptions {
  /** The versions of the interface that it speaks. @default 2.7 to 5.6 */
  readonly versions?: readonly string[] | undefined
  /** `false` for a core that cannot tell its versions, as one that knows 1.0 only. @default true */
  readonly apiVersionPath?: boolean | undefined
  /** @default none is asked for */
  readonly apiKey?: string | undefined
  /** Tenants besides `public`, which paths name before `/recipe`. */
  readonly tenants?: readonly string[] | undefined
  readonly rotation?: SuperTokensRotation | undefined
  /** Whole seconds since interface 2.21. @default 3_600_000 */
  readonly accessTokenValidity?: number | undefined
  /** @default 8_640_000_000, which is 100 days */
  readonly refreshTokenValidity?: number | undefined
  /** The core's own setting before interface 2.6; since then requests say it. @default false */
  readonly enableAntiCsrf?: boolean | undefined
  /** Told before interface 2.4, with the handshake and with tokens. */
  readonly cookie?: SuperTokensCoreCookie | undefined
  /** @default the system's clock */
  readonly clock?: { now(): number } | undefined
  /** Waits for `slow` faults. @default setTimeout */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
  /** @default Math.random */
  readonly random?: (() => number) | undefined
}

/** A request as it came. Holds tokens: this is a test kit. `code` is the answer's `status`. */
export interface SuperTokensCoreRequest extends LoggedRequest {
  /** The header `cdi-version`. */
  readonly version: string | null
  /** Host and port that were asked. */
  readonly host: string
}

/** A session that lives, as the core sees it. Times in ms since the epoch. */
export interface SuperTokensCoreSession {
  readonly handle: string
  readonly userId: string
  readonly userDataInJWT: Readonly<Record<string, unknown>>
  readonly userDataInDatabase: Readonly<Record<string, unknown>>
  readonly tenantId: string
  readonly timeCreated: number
  readonly expiry: number
}

/** A SuperTokens core that does what it is told: a real little server without a network. */
export interface ScriptedSuperTokensCore extends ScriptedServer<SuperTokensCoreRequest> {
  /** How many requests were made to a path that ends so, such as `/session/refresh`. */
  count(path: string): number
  /** A new dynamic key signs from now on. The old ones stay in the key set, unless they are withdrawn. */
  rotateKeys(options?: { readonly withdraw?: boolean | undefined }): void
  /** The sessions that live. */
  sessions(): readonly SuperTokensCoreSession[]
  /** Ends a session, as an administrator does. */
  endSession(handle: string): void
  /** Sessions and keys are gone, as when a core in memory starts again, or gets another database. */
  restart(): void
}
