export { faultInjector } from './faults.js'
export { showDevtools } from './show.js'
export { recordSteps } from './steps.js'
export type {
  DevtoolsCorner,
  DevtoolsOptions,
  InspectedClient,
  InspectedOptions,
  InspectedProvider,
  InspectedSurroundings,
  StepListener,
} from './types.js'
