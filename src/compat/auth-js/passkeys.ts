import { type Passkey, passkeys } from '../../providers/gotrue/passkeys.js'
import { type Face, run } from './face.js'
import type { PasskeyApi, PasskeyItem, PasskeySignInApi } from './passkeys-types.js'
import { signedIn } from './sign-in.js'

// Loaded when somebody has to do with passkeys.

const toItem = ({ id, friendlyName, createdAt }: Passkey): PasskeyItem => ({
  id,
  ...(friendlyName && { friendly_name: friendlyName }),
  created_at: new Date(createdAt).toISOString(),
})

/** Signing in by a passkey, and making one. */
export const passkeySignIns = (face: Face): PasskeySignInApi => ({
  signInWithPasskey: (credentials) =>
    run(
      face,
      async ({ client }) => {
        const { captchaToken, signal } = { ...credentials?.options }
        return signedIn(await passkeys(client).signIn({ captchaToken }, { signal }))
      },
      null,
    ),
  registerPasskey: (credentials) =>
    run(
      face,
      async ({ client }) => {
        const { signal } = { ...credentials?.options }
        return toItem(await passkeys(client).register({}, { signal }))
      },
      null,
    ),
})

/** The passkeys of whoever is signed in. */
export const passkeyApi = (face: Face): PasskeyApi => ({
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
