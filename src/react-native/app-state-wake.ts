import type { Wake } from '../core/ports.js'
import { needMethods } from './app-ports.js'

/** The part of React Native's `AppState` that is used. */
export interface AppStateSource {
  /** `active`, `inactive`, `background`; others while the app starts, and in an extension. */
  readonly currentState: string | null | undefined
  addEventListener(
    type: 'change',
    listener: (state: string) => void,
  ): { remove(): void } | undefined
}

/** The part of `@react-native-community/netinfo` that is used. */
export interface NetInfoSource {
  /** Tells the state at once, then each change. Returns the way to stop. */
  addEventListener(
    listener: (state: { readonly isConnected?: boolean | null | undefined }) => void,
  ): () => void
}

/** What else `appStateWake` can listen to. */
export interface AppStateWakeOptions {
  /** Tells of the network, of which React Native itself says nothing. @default always online */
  readonly NetInfo?: NetInfoSource | undefined
}

/** On its way out, or out of sight: iOS freezes the app any moment now. */
const isAway = (state: string | null | undefined): boolean =>
  state === 'background' || state === 'inactive'

/**
 * Signs of a React Native app, for `environment.wake`: tokens are refreshed ahead of need while the app
 * is active, and looked at when it comes back. It listens only while it is listened to.
 * @throws AuthError `invalid_argument` for what is no `AppState`, or no `NetInfo`.
 */
export function appStateWake(AppState: AppStateSource, options?: AppStateWakeOptions): Wake {
  const { NetInfo } = { ...options }
  needMethods(AppState, ['addEventListener'], 'Pass the AppState of react-native.')
  if (NetInfo !== undefined) {
    const message = 'Pass the NetInfo that @react-native-community/netinfo exports by default.'
    needMethods(NetInfo, ['addEventListener'], message)
  }
  let offline = false
  let subscribers = 0
  return {
    subscribe(listener) {
      subscribers++
      let away = isAway(AppState.currentState)
      let unplugged = false
      const subscription = AppState.addEventListener('change', (state) => {
        const returns = away && !isAway(state)
        away = isAway(state)
        if (returns) listener('wake')
      })
      const stop = NetInfo?.addEventListener(({ isConnected }) => {
        const returns = unplugged && isConnected !== false
        unplugged = isConnected === false
        offline = unplugged
        if (returns) listener('online')
      })
      return () => {
        subscription?.remove()
        stop?.()
        subscribers--
        // Nobody says any more how it is.
        if (subscribers === 0) offline = false
      }
    },
    visible: () => !isAway(AppState.currentState),
    online: () => !offline,
  }
}
