import { AuthError as HoldfastError } from '../../core/errors.js'
import { AREA } from '../../providers/gotrue/area.js'
import { needId } from '../../providers/gotrue/arguments.js'
import { captcha } from '../../providers/gotrue/credentials.js'
import { type Passkey, toPasskey } from '../../providers/gotrue/passkeys.js'
import type { AnyMetadata } from '../../providers/gotrue/types.js'
import { needGrant } from '../../providers/gotrue/wire.js'
import type { HttpRequest } from '../../providers/shared/http.js'
import { asObject, text } from '../../providers/shared/json.js'
import { AuthInvalidCredentialsError } from './errors.js'
import { type Face, run } from './face.js'
import type {
  PasskeyChallenge,
  PasskeyCreationOptions,
  PasskeyItem,
  PasskeyRequestOptions,
  PasskeyStepsApi,
  VerifyPasskeyParams,
} from './passkeys-types.js'
import { signedIn } from './sign-in.js'

/** A passkey under auth-js's names. */
export const toItem = ({ id, friendlyName, createdAt, lastUsedAt }: Passkey): PasskeyItem => ({
  id,
  ...(friendlyName && { friendly_name: friendlyName }),
  created_at: new Date(createdAt).toISOString(),
  ...(lastUsedAt !== null && { last_used_at: new Date(lastUsedAt).toISOString() }),
})

// What else is in the options of a server the browser looks at itself.
const isCreation = (options: object): options is PasskeyCreationOptions =>
  'challenge' in options && text(options.challenge) !== undefined && 'user' in options
const isRequest = (options: object): options is PasskeyRequestOptions =>
  'challenge' in options && text(options.challenge) !== undefined

function readChallenge<Options extends object>(
  body: unknown,
  isKnown: (options: object) => options is Options,
): PasskeyChallenge<Options> {
  const { challenge_id, options, expires_at } = asObject(body) ?? {}
  const json = asObject(options)
  const id = text(challenge_id)
  if (id && json && isKnown(json) && typeof expires_at === 'number') {
    return { challenge_id: id, options: json, expires_at }
  }
  throw new HoldfastError('bad_response', 'The answer is no challenge to a passkey.')
}

/** What proves a passkey. @throws AuthError `invalid_argument`, AuthInvalidCredentialsError */
function proof(ceremony: string, params: VerifyPasskeyParams): HttpRequest {
  const { challengeId, credential } = { ...params }
  if (!asObject(credential)) throw new AuthInvalidCredentialsError('`credential` is missing.')
  const challenge_id = needId('challengeId', challengeId)
  return { path: `/passkeys/${ceremony}/verify`, json: { challenge_id, credential } }
}

/** Both ceremonies in steps, for apps that ask the browser themselves. */
export function passkeySteps(face: Face): PasskeyStepsApi {
  const { host, send } = face.client.actions[AREA]
  /** Sends a request of whoever is signed in. */
  const own = (request: HttpRequest) =>
    host.withSession(({ accessToken: token }, context) => send({ ...request, token }, context))
  return {
    startRegistration: () =>
      run(
        face,
        async () =>
          readChallenge(
            await own({ path: '/passkeys/registration/options', json: {} }),
            isCreation,
          ),
        null,
      ),
    verifyRegistration: (params) =>
      run(face, async () => toItem(toPasskey(await own(proof('registration', params)))), null),
    startAuthentication: (params) =>
      run(
        face,
        async () => {
          const json = captcha(params?.options?.captchaToken)
          const request = { path: '/passkeys/authentication/options', json }
          return readChallenge(await host.request((context) => send(request, context)), isRequest)
        },
        null,
      ),
    verifyAuthentication: (params) =>
      run(
        face,
        async () => {
          const request = proof('authentication', params)
          return signedIn(
            await host.signIn(async (context) =>
              needGrant<AnyMetadata>(await send(request, context)),
            ),
          )
        },
        null,
      ),
  }
}
