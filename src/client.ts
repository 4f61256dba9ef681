import { checkListener, checkOptions, invalid } from './core/check-options.js'
import { createEngine, type Engine } from './core/engine.js'
import { AuthSessionMissingError } from './core/errors.js'
import type { AuthEventName, AuthListener } from './core/events.js'
import { guardAll, guarded, guardedThroughout } from './core/guarded.js'
import type { EngineOptions } from './core/options.js'
import type { EnvironmentParts } from './core/ports.js'
import type {
  CallOptions,
  Provider,
  RefreshOptions,
  SignInResult,
  SignOutScope,
  Tokens,
  TokenTarget,
} from './core/provider.js'
import type { Session, SessionUser } from './core/session.js'
import type { Snapshot } from './core/store.js'
import { defaultEnvironment, defaultStorage } from './defaults.js'
import { type AuthFetchOptions, createAuthFetch } from './fetch.js'
import { createHost } from './host.js'
import { Usable } from './usable.js'

/** Options of an `AuthClient`. */
export interface AuthClientOptions<Credentials, User extends SessionUser, Actions extends object>
  extends EngineOptions<User> {
  /** The server, as a provider of `holdfast/providers/…` or your own. */
  readonly provider: Provider<Credentials, User, Actions>
  /** Origins to which `auth.fetch` attaches the token. @default none */
  readonly fetchOrigins?: AuthFetchOptions['origins'] | undefined
  /** Replaces parts of the surroundings: in tests, demos and unusual runtimes. */
  readonly environment?: EnvironmentParts | undefined
}

/** What a refresh resolves to. */
export interface RefreshResult<User extends SessionUser = SessionUser> {
  readonly session: Session<User>
  readonly user: User | null
}

/** A listener that takes less: TypeScript cannot derive it from one that narrows its detail. */
export type BriefListener<User extends SessionUser = SessionUser> = (
  event: AuthEventName,
  session: Session<User> | null,
) => unknown

/**
 * Keeps users signed in. `docs/start.md` and `docs/sessions.md` are a tour of its methods. Those that are
 * properties are bound: they can be handed on without the client.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })
 * auth.onAuthStateChange((event, session) => alert(session?.user?.email ?? event))
 * await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
 * const token = await auth.getAccessToken() // one that works, or null
 * ```
 */
export class AuthClient<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> extends Usable {
  /** The platform's `fetch` with the token attached, for the origins in `fetchOrigins`. */
  readonly fetch: typeof fetch
  readonly #engine: Engine<User>
  readonly #provider: Provider<Credentials, User, Actions>
  readonly #actions: Actions | undefined

  /** @throws AuthError `invalid_argument` without a provider, for unknown options and wrong kinds. */
  constructor(options: AuthClientOptions<Credentials, User, Actions>) {
    super()
    checkOptions(options)
    const { provider, fetchOrigins = [] } = options
    const storage = options.storage ?? defaultStorage()
    const environment = defaultEnvironment(options.environment, storage)
    this.#provider = provider
    this.#engine = createEngine<User>(provider, {
      ...options,
      environment,
      storage,
      storageKey: options.storageKey ?? `holdfast.${provider.id}`,
    })
    this.fetch = createAuthFetch<User>(this.#engine, { origins: fetchOrigins, provider })
    const host = createHost(this.#engine, environment, options.keys)
    this.#actions = provider.actions && guardAll(provider.actions(host))
  }

  /** What this provider can do beyond the contract. @throws AuthError `invalid_argument` if nothing. */
  get actions(): Actions {
    if (this.#actions) return this.#actions
    throw invalid('This provider has no actions.')
  }

  /**
   * The current session, with a token that works; `null` when nobody is signed in.
   * @throws AuthError, retryable, when the token is dead and the server cannot be reached now.
   */
  readonly getSession = (options?: CallOptions): Promise<Session<User> | null> =>
    guarded(() => this.#engine.getSession(touched(options)))

  /**
   * The access token of `getSession()`, or one for another resource, which is refreshed like it:
   * all spend the one refresh token.
   * @throws AuthError `invalid_argument` for a target that is no text; otherwise as `getSession`.
   */
  readonly getAccessToken = (options?: TokenTarget & CallOptions): Promise<string | null> =>
    guarded(() => {
      const { signal, ...target } = { ...touched(options) }
      return this.#engine.getAccessToken(target, { signal })
    })

  /**
   * Gets a new session from the server, by a request that starts after this call. Without a token
   * it is the current session's; a token held elsewhere makes its session the current one. Options
   * may come first: `refreshSession({ organizationId })` switches the current session.
   * @throws AuthSessionMissingError when there is no token, or the answer holds no session.
   * @throws AuthError `step_required` at once when the token is known to be spent on that step.
   * @throws AuthError otherwise; only `refresh_rejected` ends the current session.
   */
  readonly refreshSession = (
    token?: string | RefreshOptions | null,
    options?: RefreshOptions,
  ): Promise<RefreshResult<User>> =>
    guardedThroughout(async () => {
      const isFirst = typeof token === 'object'
      const given = { ...(isFirst ? (token ?? options) : options) }
      const held = isFirst ? null : token
      checkTexts({ token: held ?? '', organizationId: given.organizationId ?? '' })
      const session = await this.#engine.refresh(held ?? null, given)
      return { session, user: session.user }
    })

  /** Signs somebody in. `session` is `null` when the server wants another step first. */
  readonly signIn = (
    credentials: Credentials,
    options?: CallOptions,
  ): Promise<SignInResult<User>> => {
    const provider = this.#provider
    return guardedThroughout(() =>
      this.#engine.signIn(
        'sign-in',
        async (context) => {
          if (provider.signIn) return provider.signIn(credentials, context)
          throw invalid('This provider cannot sign in by credentials.')
        },
        options,
      ),
    )
  }

  /**
   * Makes a session kept elsewhere the current one.
   * @throws AuthSessionMissingError when its tokens are worth nothing or missing.
   */
  readonly setSession = (tokens: Tokens, options?: CallOptions): Promise<RefreshResult<User>> => {
    const provider = this.#provider
    return guardedThroughout(async () => {
      const { accessToken = '', refreshToken } = tokens ?? {}
      if (!refreshToken) throw new AuthSessionMissingError()
      checkTexts({ accessToken, refreshToken })
      const { session, user } = await this.#engine.signIn(
        'restore',
        async (context) =>
          provider.restore
            ? provider.restore({ accessToken, refreshToken }, context)
            : provider.refresh(refreshToken, context),
        options,
      )
      if (!session) throw new AuthSessionMissingError('The tokens came back without a session.')
      return { session, user }
    })
  }

  /**
   * Ends the session here and in all sibling contexts, whatever the network does, and revokes it at
   * the server, which is not waited for. With `others`, ends all but this one, and waits for it.
   * @throws AuthError `invalid_argument` for another scope; with `global`, when this session has ended
   *   and the server did not end the others; if that may pass, it is tried again for ten minutes, as
   *   long as the page lives.
   */
  readonly signOut = (options?: CallOptions & { readonly scope?: SignOutScope }): Promise<void> =>
    guarded(() => {
      const { scope = 'local', ...call } = { ...options }
      // A word that is misspelt would leave the others signed in, unseen.
      if (!SCOPES.includes(scope)) throw invalid(`\`scope\` is one of ${SCOPES}.`)
      return this.#engine.signOut(scope, call)
    })

  /**
   * Somebody is there: a session with `timeouts` goes on as if it were used now, up to its absolute end.
   * Settles once the other contexts know. What has ended stays so.
   * @throws AuthError `invalid_argument` without the option `timeouts`.
   */
  stay(): Promise<void> {
    return guarded(() => this.#engine.stay())
  }

  /**
   * Listens to events, `INITIAL_SESSION` first. Returns the way to stop.
   * @throws AuthError `invalid_argument` without a listener.
   */
  onAuthStateChange(listener: AuthListener<User>): () => void
  onAuthStateChange(listener: BriefListener<User>): () => void
  onAuthStateChange(listener: AuthListener<User> | BriefListener<User>): () => void {
    checkListener(listener)
    // TypeScript cannot call a union of the two, though every change fits both.
    return this.#engine.store.listen((...change) => Reflect.apply(listener, undefined, change))
  }

  /** The state now: the same object until something changes. */
  readonly getSnapshot = (): Snapshot<User> => this.#engine.store.snapshot()

  /** Calls `listener` after each change of the snapshot. Returns the way to stop. */
  readonly subscribe = (listener: () => void): (() => void) => {
    checkListener(listener)
    return this.#engine.store.subscribe(listener)
  }

  /**
   * Ends every timer, listener and wait. A request in flight is still saved, and no further one is sent, but
   * for those that finish it, or a sign-out. `using` calls it too.
   */
  dispose(): void {
    this.#engine.dispose()
  }
}

const SCOPES: readonly SignOutScope[] = ['local', 'global', 'others']

/** The options of a call: what in them throws when it is looked at does so now. */
function touched<Options extends CallOptions>(options: Options | undefined): Options | undefined {
  options?.signal?.aborted
  return options
}

/** JavaScript passes anything. @throws AuthError `invalid_argument` */
function checkTexts(given: object): void {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw invalid(`\`${name}\` is not a text.`)
  }
}
