export { createGotrue } from './server.js'
export {
  createGotrueSessions,
  type GoTrueSessionsOptions,
  type GoTrueTokenChecks,
  type GoTrueVerification,
} from './sessions.js'
export { type SupabaseSsrOptions, supabaseSsr } from './supabase-ssr.js'
export type {
  GoTrueServer,
  GoTrueServerOptions,
  GoTrueSignInRequest,
  LinkProof,
  ServerOtp,
  ServerRecovery,
  ServerResend,
  ServerSignUp,
  ServerUserChanges,
  SignedUp,
} from './types.js'
export { createGotrueVerifier, type GoTrueVerifierOptions } from './verifier.js'
