import { AuthError } from '../../core/errors.js'
import type { DeviceBinding } from '../requests/device-binding.js'
import { checkObject } from '../shared/arguments.js'
import { createBindings } from './bindings.js'
import { createIdentifiers } from './identifiers.js'
import { createJudge } from './judge.js'
import { createNotes } from './notes.js'
import { createOffers } from './offers.js'
import { createDeviceRoutes } from './routes.js'
import type { DeviceBindingOptions, DeviceRequest } from './types.js'

type Policy = (request: DeviceRequest) => boolean

/** Two refreshes of Chromium for one sign-in in ten minutes leave room for what it does ahead of need, in ms. */
const LIFETIME = 600_000
/** The shortest life of a cookie, in ms: browsers count in seconds. */
const SHORTEST = 1_000

/** What is said of a session that cannot be bound. */
const NOTHING = { headers: {}, setCookies: [] } as const

const PATH = /^(\/[\w.~-]+)+$/

function reject(message: string): never {
  throw new AuthError('invalid_argument', message)
}

/** The policies that have names. */
const POLICIES: Readonly<Record<'never' | 'when-supported', Policy>> = {
  never: () => false,
  'when-supported': ({ mayBeBound }) => mayBeBound,
}

const isRequired = (value: unknown): boolean =>
  typeof value === 'function' || (typeof value === 'string' && Object.hasOwn(POLICIES, value))

/**
 * Binds sessions to the devices of their browsers, by Device Bound Session Credentials (W3C draft): a session's cookie
 * that somebody copies works nowhere else. It goes to `createRequestSessions` as `deviceBound`, and costs pages nothing.
 *
 *     sign-in    ──▶ answer: the session's cookie, and a challenge to sign
 *     browser    ──▶ POST register, signed by a new key ──▶ a bound cookie, for ten minutes
 *     a request  ──▶ both cookies ──▶ the seal names the key from now on
 *     at its end ──▶ the browser holds its requests back: POST refresh ──▶ 403, a challenge ──▶ signed ──▶ a bound cookie
 *
 * Nothing is kept on the server, but that a session is bound. The browser's renewals and the refreshes of the session
 * know nothing of each other.
 * @example
 * ```ts
 * import { createRequestSessions } from 'holdfast/server'
 * import { createDeviceBinding } from 'holdfast/server/dbsc'
 * import { createWorkOSSessions } from 'holdfast/server/workos'
 *
 * const sessions = createRequestSessions({
 *   sessions: createWorkOSSessions({ clientId, apiKey }),
 *   cookie: { password: 'at least 32 characters, which only your servers know' },
 *   deviceBound: createDeviceBinding(),
 * })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function createDeviceBinding(options: DeviceBindingOptions = {}): DeviceBinding {
  checkObject('options', options)
  const { required = 'never', reportOnly = false } = options
  const { lifetime = LIFETIME, path = '/auth/dbsc' } = options
  if (!isRequired(required)) reject('`required` is `when-supported`, `never` or a function.')
  if (typeof reportOnly !== 'boolean') reject('`reportOnly` is `true` or `false`.')
  if (!(Number.isFinite(lifetime) && lifetime >= SHORTEST)) {
    reject('`lifetime` is a number of milliseconds, a second or more.')
  }
  if (typeof path !== 'string' || !PATH.test(path)) reject('`path` is a path such as `/auth/dbsc`.')
  return {
    attach({ devices, cookie, password, now }) {
      const { name, place, attributes } = cookie
      // What a sibling host gets too, no browser holds back there.
      if (place !== '; Path=/' || !attributes.includes('; Secure')) {
        reject(
          'A session that is bound to a device has a cookie that is secure, for `/` and for no `domain`.',
        )
      }
      const notes = createNotes({ cookie, password, lifetime, now })
      const identifiers = createIdentifiers(password)
      const offers = createOffers({ cookie, password, notes, path, now })
      const shared = { devices, password, notes, identifiers }
      return {
        ...createJudge({
          ...shared,
          offers,
          required: typeof required === 'function' ? required : POLICIES[required],
          reportOnly,
          bindings: createBindings({ devices, now }),
        }),
        erase: (jar) => [...notes.erase(jar), ...offers.erase(jar)],
        async offer(value, when) {
          const session = await devices.read({ value, password })
          if ('reason' in session || session.sessionId === undefined) return NOTHING
          return offers.make(session.sessionId, when)
        },
        routes: createDeviceRoutes({ ...shared, cookieName: name, path, now }),
      }
    },
  }
}
