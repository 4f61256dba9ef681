export type {
  BoundRequests,
  DeviceBinding,
  DeviceBindingDeps,
  DeviceCandidate,
  DeviceOffer,
  DeviceRoutes,
  DeviceVerdict,
} from '../requests/device-binding.js'
export type { DeviceWords, SealedDevices } from '../sealed/devices.js'
export { createDeviceBinding } from './binding.js'
export type { DeviceBindingOptions, DeviceRequest } from './types.js'
