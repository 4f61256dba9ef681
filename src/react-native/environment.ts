import { AuthError } from '../core/errors.js'
import type { Crypto, Environment } from '../core/ports.js'
import { inProcessLock } from '../environment/lock.js'
import { type AppStateSource, type AppStateWakeOptions, appStateWake } from './app-state-wake.js'

/** What an app of React Native tells of itself. */
export interface NativeEnvironmentOptions extends AppStateWakeOptions {
  /** `AppState` of `react-native`. */
  readonly AppState: AppStateSource
  /** What PKCE takes: from `expo-crypto`, or a native module. @default the platform’s `crypto`, which React Native lacks */
  readonly crypto?: Crypto | undefined
}

/**
 * The surroundings of a client in React Native, for its option `environment`: tokens are refreshed ahead of need
 * while the app is active; the clients of the app, which is one process, exclude each other without storage.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 * import { nativeEnvironment } from 'holdfast/react-native'
 * import { AppState } from 'react-native'
 *
 * const environment = nativeEnvironment({ AppState })
 * const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }), environment })
 * ```
 * @throws AuthError `invalid_argument` for what is no `AppState`, no `NetInfo`, or no such `crypto`.
 */
export function nativeEnvironment(
  options: NativeEnvironmentOptions,
): Pick<Environment, 'wake' | 'lock' | 'crypto'> {
  const { AppState, NetInfo, crypto } = { ...options }
  const isWhole = typeof crypto?.randomBytes === 'function' && typeof crypto.sha256 === 'function'
  if (crypto !== undefined && !isWhole) {
    throw new AuthError(
      'invalid_argument',
      '`crypto` is { randomBytes, sha256 }, such as those of expo-crypto: see docs/react-native.md.',
    )
  }
  return { wake: appStateWake(AppState, { NetInfo }), lock: inProcessLock(), crypto }
}
