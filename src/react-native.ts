export type { Wake, WakeSign } from './core/ports.js'
export {
  type AppStateSource,
  type AppStateWakeOptions,
  appStateWake,
  type NetInfoSource,
} from './environment/app-state-wake.js'
export { type SwitchableWake, switchableWake } from './environment/switchable-wake.js'
