import type { Lack } from './orders.js'

const refuse = (): never => {
  throw new DOMException('Refused by the test.', 'SecurityError')
}

/** Puts `value`, or what throws at every look, in the place of a part of the platform. */
function replace(owner: object, name: string, get: () => unknown): void {
  Object.defineProperty(owner, name, { configurable: true, get })
}

const breakage: Readonly<Record<Lack, () => void>> = {
  'no locks': () => replace(navigator, 'locks', () => undefined),
  'no BroadcastChannel': () => replace(globalThis, 'BroadcastChannel', () => undefined),
  'no indexedDB': () => replace(globalThis, 'indexedDB', () => undefined),
  'no localStorage': () => replace(globalThis, 'localStorage', () => undefined),
  'throwing locks': () => replace(navigator, 'locks', () => ({ request: refuse })),
  'throwing BroadcastChannel': () => replace(globalThis, 'BroadcastChannel', () => refuse),
  'throwing indexedDB': () => replace(globalThis, 'indexedDB', () => ({ open: refuse })),
  'throwing localStorage': () => replace(globalThis, 'localStorage', refuse),
  'full localStorage': () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('Full.', 'QuotaExceededError')
    }
  },
}

/** Takes away what a context is to do without. */
export function takeAway(lacks: readonly Lack[] = []): void {
  for (const lack of lacks) breakage[lack]()
}
