export {
  createFakeBrowser,
  type FakeBrowser,
  type FakeBrowserOptions,
  type FakeTab,
  type FakeTabOptions,
  type FetchLike,
  type Scheduler,
  type Step,
  type StepKind,
} from './browser.js'
export { createManualClock, type ManualClock, type ManualClockOptions } from './clock.js'
export {
  type AccessTokenHook,
  type Account,
  type AccountFactor,
  type AccountIdentity,
  createScriptedGoTrue,
  type MfaOptions,
  type Rotation,
  type ScriptedGoTrue,
  type ScriptedGoTrueOptions,
  type ScriptedSsoProvider,
  type SeedUser,
  type SentMessage,
  type WebAuthnCredential,
} from './gotrue/index.js'
export {
  createScriptedOidc,
  type OidcClientSeed,
  type OidcManners,
  type OidcPerson,
  type OidcRequest,
  type OidcRotation,
  type ScriptedFactorCodes,
  type ScriptedOidc,
  type ScriptedOidcOptions,
} from './oidc/index.js'
export type { Fault, FaultScope, LoggedRequest } from './server/types.js'
export {
  createScriptedSuperTokensCore,
  type ScriptedSuperTokensCore,
  type ScriptedSuperTokensCoreOptions,
  type SuperTokensCoreCookie,
  type SuperTokensCoreRequest,
  type SuperTokensCoreSession,
  type SuperTokensRotation,
} from './supertokens/index.js'
export {
  createScriptedWorkOS,
  type ScriptedBrowser,
  type ScriptedWorkOS,
  type ScriptedWorkOSOptions,
  type WorkOSClientSeed,
  type WorkOSMail,
  type WorkOSMembership,
  type WorkOSOrganizationSeed,
  type WorkOSOrganizationSettings,
  type WorkOSProfile,
  type WorkOSRequest,
  type WorkOSSessionInfo,
  type WorkOSUserSeed,
} from './workos/index.js'
