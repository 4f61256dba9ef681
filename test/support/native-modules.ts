/** What Expo's SecureStore says of a key that it does not take. */
const BAD_KEY =
  'Invalid key provided to SecureStore. Keys must not be empty and contain only alphanumeric characters, ".", "-", and "_".'

/** What iOS says of a keychain whose phone is locked (errSecInteractionNotAllowed). */
export const LOCKED = 'User interaction is not allowed.'

/** What Android says, by Expo, of an entry whose key is gone. */
export const UNREADABLE =
  "Call to function 'ExpoSecureStore.getValueWithKeyAsync' has been rejected. Caused by: Could not decrypt the value for SecureStore"

/** In bytes of UTF-8. */
const sizeOf = (text: string): number => encodeURIComponent(text).replace(/%../g, 'x').length

/** What a crash looks like from within: nothing goes on. */
const never = (): Promise<never> => new Promise(() => {})

/**
 * `expo-secure-store`, more strict than Expo's: a value of more than 2,048 bytes, of which Expo only warns, is
 * refused.
 */
export function createSecureStore() {
  const entries = new Map<string, string>()
  const asked: unknown[] = []
  const lost = new Set<string>()
  let isLocked = false
  let left = Infinity
  let gate: { calls: number; readonly opened: Promise<void> } | null = null

  async function call<T>(key: string, options: unknown, work: () => T): Promise<T> {
    if (left <= 0) return never()
    left--
    asked.push(options)
    if (gate && gate.calls-- === 0) await gate.opened
    if (!/^[\w.-]+$/.test(key)) throw new Error(BAD_KEY)
    if (isLocked) throw new Error(LOCKED)
    await null
    return work()
  }

  return {
    SecureStore: {
      getItemAsync: (key: string, options?: object) =>
        call(key, options, () => {
          if (lost.has(key)) throw new Error(UNREADABLE)
          return entries.get(key) ?? null
        }),
      setItemAsync: (key: string, value: string, options?: object) =>
        call(key, options, () => {
          if (sizeOf(value) > 2048) throw new Error('The value is larger than 2048 bytes.')
          lost.delete(key)
          entries.set(key, value)
        }),
      deleteItemAsync: (key: string, options?: object) =>
        call(key, options, () => {
          lost.delete(key)
          entries.delete(key)
        }),
    },
    entries,
    /** The options of each call. */
    asked,
    lock: (locked: boolean): void => {
      isLocked = locked
    },
    /** The keystore loses its key: what lies there can never be read again, and what is written anew can. */
    loseKey: (): void => {
      for (const key of entries.keys()) lost.add(key)
    },
    /** The app is killed after so many more calls; `Infinity` starts it again. */
    killAfter: (calls: number): void => {
      left = calls
    },
    /** After so many more calls one hangs, until the returned call. */
    hangAfter(calls: number): () => void {
      let letGo = (): void => {}
      const opened = new Promise<void>((resolve) => {
        letGo = resolve
      })
      gate = { calls, opened }
      return letGo
    },
  }
}

/** AsyncStorage of the community, as on iOS, which takes no empty key. */
export function createAsyncStorage() {
  const entries = new Map<string, string>()
  let trouble: Error | null = null
  async function call<T>(key: string, work: () => T): Promise<T> {
    await null
    if (trouble) throw trouble
    if (key === '') throw new Error('Invalid key - must be at least one character.  Key: ')
    return work()
  }
  return {
    AsyncStorage: {
      getItem: (key: string) => call(key, () => entries.get(key) ?? null),
      setItem: (key: string, value: string) => call(key, () => void entries.set(key, value)),
      removeItem: (key: string) => call(key, () => void entries.delete(key)),
    },
    fail: (message: string | null): void => {
      trouble = message === null ? null : new Error(message)
    },
  }
}

/** An instance of `react-native-mmkv`, of its third or fourth version. */
export function createMmkv(version: 3 | 4) {
  const entries = new Map<string, string>()
  const shared = {
    getString: (key: string) => entries.get(key),
    set(key: string, value: string): void {
      // As in MMKVCore, which finds nothing under it either.
      if (key === '') throw new Error('Cannot set a value for an empty key!')
      entries.set(key, value)
    },
  }
  const remove = (key: string): boolean => entries.delete(key)
  return version === 4
    ? { ...shared, remove }
    : { ...shared, delete: (key: string) => void remove(key) }
}

/** `Linking` of React Native: the link that started the app is told as long as it runs. */
export function createLinking(first: string | null = null) {
  let initial = first
  const listeners = new Set<(event: { url: string }) => void>()
  return {
    Linking: {
      getInitialURL: async () => initial,
      addEventListener(type: 'url', listener: (event: { url: string }) => void) {
        if (type !== 'url') throw new Error('There is no such event.')
        const hear = (event: { url: string }): void => listener(event)
        listeners.add(hear)
        return { remove: (): void => void listeners.delete(hear) }
      },
    },
    listeners: (): number => listeners.size,
    /** The app is started by this link. */
    startBy: (url: string | null): void => {
      initial = url
    },
    open: (url: string): void => {
      for (const hear of [...listeners]) hear({ url })
    },
  }
}
