import type { Wake, WakeSign } from '../core/ports.js'
import { platformWake } from './wake.js'

/** A `Wake` whose owner says when tokens are refreshed ahead of need. */
export interface SwitchableWake extends Wake {
  /** From now on they are, also while the page is hidden. A token that is due is refreshed at once. */
  startAutoRefresh(): void
  /** From now on they are not. Whoever asks for a token still gets one that works. */
  stopAutoRefresh(): void
}

/**
 * For `environment.wake` of a client with the default `autoRefresh: 'visible'`. Until it is first
 * switched, it follows `wake`.
 * @example
 * ```ts
 * import { switchableWake } from 'holdfast/react-native'
 * import { AppState } from 'react-native'
 *
 * const wake = switchableWake() // for `environment: { wake }` of the client
 * AppState.addEventListener('change', (state) =>
 *   state === 'active' ? wake.startAutoRefresh() : wake.stopAutoRefresh(),
 * )
 * ```
 */
export function switchableWake(wake: Wake = platformWake()): SwitchableWake {
  const listeners = new Set<(sign: WakeSign) => void>()
  let switched: boolean | null = null
  return {
    subscribe(listener) {
      // Twice the same listener is two.
      const hear = (sign: WakeSign): void => listener(sign)
      listeners.add(hear)
      const stop = wake.subscribe(hear)
      return () => {
        listeners.delete(hear)
        stop()
      }
    },
    visible: () => switched ?? wake.visible(),
    online: () => wake.online(),
    startAutoRefresh() {
      const began = switched !== true
      switched = true
      if (began) for (const hear of [...listeners]) hear('wake')
    },
    stopAutoRefresh() {
      switched = false
    },
  }
}
