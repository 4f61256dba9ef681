import ky, { type Input, type KyInstance, type Options, type ResponsePromise } from 'ky'
import { AuthError } from './core/errors.js'
import type { Session } from './core/session.js'

/** What `authKy` needs of an `AuthClient`. */
export interface KyAuth {
  readonly fetch: typeof fetch
  getSnapshot(): { readonly session: Session | null }
  subscribe(listener: () => void): () => void
}

/** Options of `authKy`: those of ky, but `fetch`, which is the client's. */
export interface AuthKyOptions extends Options {
  /** An instance of your own, with the defaults that it has. @default ky */
  readonly ky?: KyInstance | undefined
  readonly fetch?: never
}

type Method = <T>(input: Input, options?: Options) => ResponsePromise<T>

/** Whose session it is. One that names nobody is another's after each refresh, to be safe. */
const personOf = ({ user, sessionId, accessToken }: Session): string =>
  user?.id ?? sessionId ?? accessToken

/**
 * The client's fetch for one call of ky, which may send it several times:
 *
 *   Ada's call ──▶ hooks ······ ▶ 503 ······ ky waits ······ ▶ sent again, as Grace
 *           Grace signs in ─┘   or   Grace signs in ─┘
 */
function fetchAsOne(auth: KyAuth): typeof fetch {
  const { session: first } = auth.getSnapshot()
  let person = first && personOf(first)
  return async (input, init) => {
    const controller = new AbortController()
    const check = (): void => {
      const { session } = auth.getSnapshot()
      if (!session) return
      person ??= personOf(session)
      if (personOf(session) === person) return
      const message = 'Somebody else has signed in: the request is not sent as theirs.'
      controller.abort(new AuthError('superseded', message))
    }
    const given = init?.signal ?? (input instanceof Request ? input.signal : null)
    const signal = given ? AbortSignal.any([given, controller.signal]) : controller.signal
    const stop = auth.subscribe(check)
    try {
      check()
      return await auth.fetch(input, { ...init, signal })
    } finally {
      stop()
    }
  }
}

function checked(options: Options): Options {
  if (!options.fetch) return options
  throw new AuthError('invalid_argument', 'authKy() sends by `auth.fetch`: leave `fetch` out.')
}

function extended(base: KyInstance, options: Options | ((parent: Options) => Options)): KyInstance {
  return base.extend((parent) => {
    checked(parent)
    return checked(typeof options === 'function' ? options(parent) : options)
  })
}

function authenticated(base: KyInstance, auth: KyAuth): KyInstance {
  const by =
    (method: Method): Method =>
    (input, options = {}) =>
      method(input, { ...checked(options), fetch: fetchAsOne(auth) })
  const rest: Pick<KyInstance, 'create' | 'stop' | 'retry'> = base
  return Object.assign(by(base), rest, {
    get: by(base.get),
    post: by(base.post),
    put: by(base.put),
    patch: by(base.patch),
    delete: by(base.delete),
    head: by(base.head),
    extend: (options: Options | ((parent: Options) => Options)) =>
      authenticated(extended(base, options), auth),
  })
}

/**
 * A ky that sends by `auth.fetch`: requests to the client's `fetchOrigins` carry the session, and a
 * 401 refreshes it and sends the request once more. Prefix, retry, timeout and hooks are ky's own.
 * A call is only ever sent as the person that it was begun as: where somebody else signs in
 * meanwhile, it rejects with an AuthError `superseded`. What `extend` makes is authenticated too,
 * what `create` makes is not.
 * @example
 * ```ts
 * import { authKy } from 'holdfast/ky'
 *
 * const http = authKy(auth, { prefixUrl: 'https://api.example', retry: 3 })
 * const orders = await http.get('orders').json()
 * ```
 * @throws AuthError `invalid_argument` for a `fetch` among the options or the defaults of an
 *   instance; calls reject with those of `auth.fetch` and of ky.
 */
export function authKy(auth: KyAuth, options: AuthKyOptions = {}): KyInstance {
  const { ky: base = ky, ...defaults } = options
  return authenticated(extended(base, defaults), auth)
}
