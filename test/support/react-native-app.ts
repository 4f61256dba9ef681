/** What React Native calls the states of an app. */
export type AppStateStatus = 'active' | 'inactive' | 'background' | 'unknown'

/**
 * `AppState` as React Native has it: its state changes before its listeners hear of it, and they hear
 * of every change. iOS goes through `inactive` on the way to `background` and back, Android does not.
 */
export function createAppState(first: AppStateStatus | null = 'active') {
  const listeners = new Set<(state: AppStateStatus) => void>()
  const AppState = {
    currentState: first,
    addEventListener(type: 'change', listener: (state: AppStateStatus) => void) {
      if (type !== 'change') throw new Error('Trying to subscribe to unknown event')
      // Each subscription is one of its own.
      const hear = (state: AppStateStatus): void => listener(state)
      listeners.add(hear)
      return { remove: (): void => void listeners.delete(hear) }
    },
  }
  return {
    AppState,
    listeners: (): number => listeners.size,
    go(...states: AppStateStatus[]): void {
      for (const state of states) {
        AppState.currentState = state
        for (const hear of [...listeners]) hear(state)
      }
    },
  }
}

interface NetInfoState {
  readonly type: string
  readonly isConnected: boolean | null
  readonly isInternetReachable: boolean | null
}

/** NetInfo as the community has it: whoever begins to listen hears the state as it is, soon. */
export function createNetInfo(first: boolean | null = true) {
  const listeners = new Set<(state: NetInfoState) => void>()
  let isConnected = first
  const now = (): NetInfoState => ({ type: 'wifi', isConnected, isInternetReachable: isConnected })
  return {
    NetInfo: {
      addEventListener(listener: (state: NetInfoState) => void) {
        const hear = (state: NetInfoState): void => listener(state)
        listeners.add(hear)
        queueMicrotask(() => listeners.has(hear) && hear(now()))
        return (): void => void listeners.delete(hear)
      },
    },
    listeners: (): number => listeners.size,
    connect(connected: boolean | null): void {
      isConnected = connected
      for (const hear of [...listeners]) hear(now())
    },
  }
}
