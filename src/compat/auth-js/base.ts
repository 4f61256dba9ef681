import type { SwitchableWake } from '../../environment/switchable-wake.js'
import { depsOf } from '../../providers/gotrue/area.js'
import { AuthError } from './errors.js'
import type { Face } from './face.js'
import { createInner, type FaceOptions, type GoTrueClientOptions, type Inner } from './options.js'
import { toAuthError } from './translate.js'
import type { ErrorResponse } from './types.js'

/** A client that the app has made. */
export interface GivenClient extends FaceOptions {
  /** Of `gotrue()`. */
  client: Inner
  /** The `environment.wake` of that client: what `startAutoRefresh()` and `stopAutoRefresh()` switch. */
  wake?: SwitchableWake
}

/** Options of auth-js; or an AuthClient of `gotrue()`, and how its face behaves. */
export type ClientOptions = (GoTrueClientOptions & { client?: undefined }) | GivenClient

/** What looks like the answer of a redirect. */
const ANSWER = /[?#&](?:code|message|access_token|error|error_code|error_description)=/

/** What all methods stand on. */
export class Base {
  /** The client of Holdfast that does the work. */
  readonly client: Inner
  protected readonly face: Face
  /** Of a client that was made here; of another one as the app says. */
  protected readonly wake: SwitchableWake | undefined
  readonly #options: ClientOptions
  #start: Promise<ErrorResponse> | undefined
  #starting = false

  /** @throws AuthError for options that cannot work. */
  constructor(options: ClientOptions = {}) {
    this.#options = options
    try {
      const { client, wake } = options.client ? options : createInner(options)
      this.client = client
      this.wake = wake
      const { acceptFragmentTokens } = depsOf('GoTrueClient', this.client)
      this.face = {
        client: this.client,
        flow: acceptFragmentTokens && options.flowType !== 'pkce' ? 'implicit' : 'pkce',
        throwOnError: options.throwOnError === true,
        ready: async () => this.#start,
        starting: () => this.#starting,
        check() {},
      }
    } catch (cause) {
      throw toAuthError(cause)
    }
    if (!options.skipAutoInitialize) this.initialize()
  }

  /** What takes a secret key is not for clients. @throws AuthError, always. */
  get admin(): never {
    throw new AuthError('`admin` takes a secret key: on a server, use GoTrueAdminApi of auth-js.')
  }

  /** Whether failures are thrown. */
  isThrowOnErrorEnabled(): boolean {
    return this.face.throwOnError
  }

  /** Takes what a redirect brought to this page; once, however often it is called. */
  initialize(): Promise<ErrorResponse> {
    this.#start ??= this.#look().then((error) => ({ error }))
    return this.#start
  }

  async #look(): Promise<AuthError | null> {
    const { detectSessionInUrl = true } = this.#options
    const href = depsOf('GoTrueClient', this.client).host.page.href()
    if (!detectSessionInUrl || !href || !ANSWER.test(href)) return null
    this.#starting = true
    try {
      const { takeRedirect } = await import('./redirect.js')
      return await takeRedirect(this.client, { href, detectSessionInUrl })
    } catch (cause) {
      return toAuthError(cause)
    } finally {
      this.#starting = false
    }
  }
}
