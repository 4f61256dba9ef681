import type { Wake } from '../core/ports.js'
import { listen } from './listen.js'
import { documentHere } from './page.js'

/** Signs of the page or worker; listens only while it is listened to. */
export function platformWake(): Wake {
  const visible = (): boolean => documentHere()?.visibilityState !== 'hidden'
  return {
    subscribe(listener) {
      const wake = (): void => listener('wake')
      const page = documentHere()
      return listen([
        [page, 'visibilitychange', () => visible() && wake()],
        [page, 'resume', wake],
        [globalThis, 'pageshow', ({ persisted }) => listener(persisted ? 'restored' : 'wake')],
        [globalThis, 'focus', wake],
        [globalThis, 'online', () => listener('online')],
      ])
    },
    visible,
    online: () => globalThis.navigator?.onLine !== false,
  }
}
