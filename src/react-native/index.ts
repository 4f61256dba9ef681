export type { Wake, WakeSign } from '../core/ports.js'
export { type SwitchableWake, switchableWake } from '../environment/switchable-wake.js'
export {
  type AppStateSource,
  type AppStateWakeOptions,
  appStateWake,
  type NetInfoSource,
} from './app-state-wake.js'
export { type AsyncStorageSource, asyncStorage } from './async-storage.js'
export { type NativeEnvironmentOptions, nativeEnvironment } from './environment.js'
export { type MmkvSource, mmkvStorage } from './mmkv-storage.js'
export { type LinkingSource, onRedirect } from './on-redirect.js'
export { type SecureStoreSource, secureStorage } from './secure-storage.js'
