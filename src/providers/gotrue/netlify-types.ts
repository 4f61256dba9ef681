import type { CallOptions, SignInResult } from '../../core/provider.js'
import type { SessionUser } from '../../core/session.js'
import type { HttpOptions } from '../shared/http.js'
import type { AnyMetadata } from './types.js'

/** Options of `netlifyIdentity`. `url` is absolute, and ends in `/.netlify/identity`. */
export interface NetlifyOptions extends Omit<HttpOptions, 'credentials'> {
  /**
   * Whether people sign in by another provider, which brings the tokens in the fragment of an address. Anybody
   * can send such a link, with their own session in it; it is never taken over another person's.
   * @default false
   */
  readonly acceptFragmentTokens?: boolean | undefined
  /** @default Date.now */
  readonly now?: (() => number) | undefined
}

/**
 * A user as Netlify Identity describes them, the names of the fields in camelCase. A session knows of its person
 * what the access token says: `id`, `email` and the metadata; `actions.getUser()` tells the rest.
 */
export interface NetlifyUser<Metadata extends object = AnyMetadata> extends SessionUser {
  readonly aud?: string
  readonly role?: string
  readonly confirmedAt?: string
  readonly invitedAt?: string
  readonly confirmationSentAt?: string
  readonly recoverySentAt?: string
  /** The address that waits for its confirmation. */
  readonly newEmail?: string
  readonly emailChangeSentAt?: string
  readonly lastSignInAt?: string | null
  readonly createdAt?: string
  readonly updatedAt?: string
  /** What only the site may change: `roles` among it. */
  readonly appMetadata?: Readonly<Record<string, unknown>>
  readonly userMetadata?: Readonly<Metadata>
}

/** Every way to sign in. The tokens are those of the links in mails. */
export type NetlifyCredentials =
  | { readonly email: string; readonly password: string }
  | { readonly confirmationToken: string }
  /** Ends in `PASSWORD_RECOVERY`. */
  | { readonly recoveryToken: string }
  /** Whoever was invited chooses a password. */
  | { readonly inviteToken: string; readonly password: string }

/** What an address held. */
export interface NetlifyRedirect<Metadata extends object = AnyMetadata>
  extends SignInResult<NetlifyUser<Metadata>> {
  /** For `signIn({ inviteToken, password })`, once the person has chosen a password. */
  readonly inviteToken?: string | undefined
  /** What looks like an answer, and needs `acceptFragmentTokens` or lacks a refresh token. The address is as it was. */
  readonly ignored?: 'error' | 'tokens' | undefined
}

/** What Netlify Identity can do beyond the contract: `auth.actions`. All throw AuthError. */
export interface NetlifyActions<Metadata extends object = AnyMetadata> {
  /** Registers somebody. `session` is `null` when the address has to be confirmed first. */
  signUp(
    options: {
      readonly email: string
      readonly password: string
      readonly data?: Readonly<Record<string, unknown>>
    },
    call?: CallOptions,
  ): Promise<SignInResult<NetlifyUser<Metadata>>>
  /**
   * Sends a link that ends in `PASSWORD_RECOVERY`, after which `updateUser` sets a password.
   * @throws AuthError `rejected` for an address that nobody has.
   */
  sendPasswordRecovery(options: { readonly email: string }, call?: CallOptions): Promise<void>
  /**
   * The address to navigate to for signing in with another provider, also for whoever was invited. It leads back
   * to the page it is opened from, or to the site.
   * @throws AuthError `invalid_argument` without `acceptFragmentTokens`
   */
  authorizeUrl(options: {
    readonly provider: string
    readonly inviteToken?: string | undefined
  }): Promise<string>
  /**
   * Takes what a link of a mail, or another provider, has put into the fragment, and takes it off the page's
   * address; one that is passed as `url` is the app's to clean. `null` when the address holds nothing. For
   * a link to a new address its person must be signed in.
   * @throws AuthError when the other provider or the person refused, in the words of the address;
   *   `invalid_credentials` for a link that was used; `invalid_argument` for one of somebody else than is signed
   *   in, whose session stays.
   */
  handleRedirect(
    options?: { readonly url?: string | undefined },
    call?: CallOptions,
  ): Promise<NetlifyRedirect<Metadata> | null>
  /** The user as the server knows them now. */
  getUser(call?: CallOptions): Promise<NetlifyUser<Metadata>>
  /** Changes the user: `USER_UPDATED`. A new email address is confirmed by a link. */
  updateUser(
    changes: {
      readonly email?: string
      readonly password?: string
      readonly data?: Readonly<Record<string, unknown>>
    },
    call?: CallOptions,
  ): Promise<NetlifyUser<Metadata>>
}
