export { showDevtools } from './show.js'
export { recordSteps } from './steps.js'
export type {
  DevtoolsCorner,
  DevtoolsOptions,
  InspectedClient,
  InspectedOptions,
  StepListener,
} from './types.js'
