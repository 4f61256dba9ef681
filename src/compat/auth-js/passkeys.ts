import { passkeys } from '../../providers/gotrue/passkeys.js'
import { type Face, run } from './face.js'
import type { Inner } from './options.js'
import { passkeySteps, toItem } from './passkey-steps.js'
import type { PasskeyApi, PasskeySignInApi } from './passkeys-types.js'
import { signedIn } from './sign-in.js'
import {
  type Asking,
  askBrowser,
  needBrowser,
  parseCreation,
  parseRequest,
} from './webauthn-browser.js'
import { WebAuthnError } from './webauthn-errors.js'

// Loaded when somebody has to do with passkeys.

/** Passkeys of this browser. What it says when nobody proves anything is an error of auth-js's. */
function own(client: Inner, asking: Asking) {
  needBrowser()
  const authenticator = {
    create: async (json: unknown) => (await askBrowser(parseCreation(json), asking)).toJSON(),
    get: async (json: unknown) => (await askBrowser(parseRequest(json), asking)).toJSON(),
  }
  return passkeys(client, { authenticator })
}

async function asked<Result>(work: () => Promise<Result>): Promise<Result> {
  return work().catch((error: { readonly cause?: unknown }) => {
    throw error.cause instanceof WebAuthnError ? error.cause : error
  })
}

/** Signing in by a passkey, and making one. */
export const passkeySignIns = (face: Face): PasskeySignInApi => ({
  signInWithPasskey: (credentials) =>
    run(
      face,
      async ({ client }) => {
        const { captchaToken, signal, mediation } = { ...credentials?.options }
        const keys = own(client, { signal, mediation })
        return signedIn(await asked(() => keys.signIn({ captchaToken }, { signal })))
      },
      null,
    ),
  registerPasskey: (credentials) =>
    run(
      face,
      async ({ client }) => {
        const { signal } = { ...credentials?.options }
        return toItem(await asked(() => own(client, { signal }).register({}, { signal })))
      },
      null,
    ),
})

/** The passkeys of whoever is signed in. */
export const passkeyApi = (face: Face): PasskeyApi => ({
  ...passkeySteps(face),
  list: () => run(face, async ({ client }) => (await passkeys(client).list()).map(toItem), null),
  update: (params) =>
    run(
      face,
      async ({ client }) => {
        const { passkeyId: id, friendlyName } = { ...params }
        return toItem(await passkeys(client).rename({ id, friendlyName }))
      },
      null,
    ),
  delete: (params) =>
    run(
      face,
      async ({ client }) => {
        await passkeys(client).remove({ id: params?.passkeyId })
        return null
      },
      null,
    ),
})
