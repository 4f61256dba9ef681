export { createFakeBrowser } from './browser.js'
export { createManualClock } from './clock.js'
export {
  type Account,
  createScriptedGoTrue,
  type Fault,
  type FaultScope,
  type LoggedRequest,
  type Rotation,
  type ScriptedGoTrue,
  type ScriptedGoTrueOptions,
  type SeedUser,
  type SentMessage,
} from './gotrue/index.js'
