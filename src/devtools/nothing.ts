import { print } from '../defaults.js'
import type { faultInjector as realFaultInjector } from './faults.js'
import type { showDevtools as realShowDevtools } from './show.js'
import type { recordSteps as realRecordSteps } from './steps.js'

export type {
  DevtoolsCorner,
  DevtoolsOptions,
  InspectedClient,
  InspectedOptions,
  InspectedProvider,
  InspectedSurroundings,
  StepListener,
} from './types.js'

/** What a production build has in the place of the panel: nothing, and a line that says so. */
export const showDevtools: typeof realShowDevtools = () => {
  print('holdfast/devtools is empty in production: the panel is not part of this build.')
  return () => {}
}

/** What a production build has in the place of the recorder: what it was given. */
export const recordSteps: typeof realRecordSteps = (also) => also

/** What a production build has in the place of the fault injector: what it was given. */
export const faultInjector: typeof realFaultInjector = (given = {}) => given
