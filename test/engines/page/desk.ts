/** One client in one context, driven by orders: what runs in tabs, frames and workers. */

import { AuthClient, indexedDBStorage, isAuthError, systemClock, webStorage } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import type { Desk, Opening, Order, Report } from './orders.js'

const storages = {
  local: () => webStorage(),
  'indexed-db': () => indexedDBStorage(),
  default: () => undefined,
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The system's clock, moved by what `shift` holds at each look. */
function movableClock(shift: { readonly wall: number; readonly monotonic: number }) {
  const system = systemClock()
  return {
    now: () => system.now() + shift.wall,
    monotonic: () => system.monotonic() + shift.monotonic,
    schedule: system.schedule,
  }
}

/** Counts how often this page comes back from the back/forward cache. */
function countRestorations(): () => number {
  let count = 0
  addEventListener('pageshow', (event) => {
    if (event.persisted) count++
  })
  return () => count
}

/** Takes orders where there is no client, as `status` and `error` tell. */
export function createEmptyDesk(status: string, error: string | null = null): Desk {
  const restored = countRestorations()
  const nothing = { token: null, email: null, events: [], unhandled: [], reported: [] }
  return async (order) => {
    if (order.do === 'leave') location.href = '/away'
    if (order.do === 'close') close()
    return { ...nothing, status, error, restored: restored() }
  }
}

/** Opens a client and takes orders for it. */
export function createDesk(opening: Opening): Desk {
  const restored = countRestorations()
  const shift = { wall: 0, monotonic: 0 }
  const events: string[] = []
  const unhandled: string[] = []
  const reported: string[] = []
  const storage = storages[opening.storage]()
  const auth = new AuthClient({
    provider: gotrue({
      url: `${location.origin}/auth/v1`,
      ...(opening.insecure && { dangerouslyAllowInsecureHttp: true }),
    }),
    ...(storage && { storage }),
    storageKey: opening.key,
    autoRefresh: opening.autoRefresh ?? false,
    environment: {
      clock: movableClock(shift),
      report: (error) => void reported.push(String(error)),
    },
  })
  auth.onAuthStateChange((event, _session, detail) => {
    events.push(event === 'SIGNED_OUT' && 'reason' in detail ? `${event} ${detail.reason}` : event)
  })
  addEventListener('error', (event) => unhandled.push(String(event.message)))
  addEventListener('unhandledrejection', (event) => unhandled.push(String(event.reason)))

  async function act(order: Order): Promise<string | null> {
    if (order.delay) await sleep(order.delay)
    switch (order.do) {
      case 'sign-in': {
        const email = order.email ?? 'ada@example.com'
        const { session } = await auth.signIn({ email, password: 'correct horse' })
        return session?.accessToken ?? null
      }
      case 'token':
        return auth.getAccessToken()
      case 'refresh':
        return (await auth.refreshSession()).session.accessToken
      case 'sign-out':
        await auth.signOut()
        return null
      case 'shift':
        Object.assign(shift, order.by)
        break
      case 'dispose':
        auth.dispose()
        break
      case 'wake':
        dispatchEvent(new Event('focus'))
        break
      case 'leave':
        location.href = '/away'
        break
      case 'close':
        close()
        break
      case 'look':
        break
    }
    return auth.getSnapshot().session?.accessToken ?? null
  }

  return async (order): Promise<Report> => {
    const outcome = await act(order).then(
      (token) => ({ token, error: null }),
      (error: unknown) => ({ token: null, error: isAuthError(error) ? error.code : String(error) }),
    )
    const { status, session } = auth.getSnapshot()
    const email = session?.user?.email ?? null
    return { ...outcome, status, email, events, unhandled, reported, restored: restored() }
  }
}
