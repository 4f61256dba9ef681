import { AuthError } from '../../core/errors.js'
import type { Signal } from '../../core/ports.js'
import { createServer, type Server } from '../../providers/oidc/server.js'
import type { OidcMetadata } from '../../providers/oidc/types.js'
import { withoutEcho } from '../../providers/shared/echo.js'
import { bridged } from '../../providers/shared/http.js'
import { isFine } from '../../providers/shared/passing.js'
import { withinTime } from '../shared/time-limit.js'
import type { ClientProof } from './client-authentication.js'
import type { OidcServerOptions } from './types.js'

/** What a server reads of the document besides what pages do. */
const FURTHER = ['introspection_endpoint', 'jwks_uri', 'prompt_values_supported']

/** Where a client proves who it is: RFC 6749 §3.2.1, RFC 7009 §2.1, RFC 7662 §2.1, RFC 9126 §2. */
const PROVING = [
  'token_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'pushed_authorization_request_endpoint',
]

/** Waits for work that others wait for too, as long as this caller wants. */
const heeding = <T>(signal: Signal, work: Promise<T>): Promise<T> =>
  bridged(
    signal,
    (own) =>
      new Promise<T>((resolve, reject) => {
        const stop = (): void => reject(new AuthError('aborted', 'The request was given up.'))
        if (own.aborted) stop()
        own.addEventListener('abort', stop, { once: true })
        work.then(resolve, reject)
      }),
  )

/**
 * Makes what all calls of one client go through: it asks for the document once, whoever waits for it, and
 * proves who it is at the endpoints of that server and nowhere else. `timeout` in ms.
 * @throws AuthError `invalid_argument` for an issuer or metadata that cannot be.
 */
export function createWire(
  options: Pick<
    OidcServerOptions,
    'issuer' | 'metadata' | 'headers' | 'fetch' | 'dangerouslyAllowInsecureHttp'
  >,
  proof: ClientProof,
  timeout: number,
): Server {
  const plain = createServer(options, FURTHER)
  let asking: Promise<OidcMetadata> | undefined

  const find: Server['find'] = (context) => {
    asking ??= withinTime(timeout, (signal) => plain.find({ signal })).finally(() => {
      asking = undefined
    })
    return heeding(context.signal, asking)
  }

  const send: Server['send'] = async (endpoint, request, context) => {
    const { form } = request
    const metadata = form && (await find(context))
    // An app's own `loadUser` may send forms to servers that the secret is not for.
    if (!metadata || !PROVING.some((name) => metadata[name] === endpoint)) {
      return plain.send(endpoint, request, context)
    }
    const proven = await proof.prove(form, metadata.token_endpoint)
    // There it belongs to what is asked for, whoever asks (RFC 9126 §2.1).
    const pushed = metadata.pushed_authorization_request_endpoint === endpoint
    const sent = pushed ? { ...proven, client_id: form.client_id } : proven
    const headers = { ...request.headers, ...proof.headers }
    const answer = await plain.send(endpoint, { ...request, headers, form: sent }, context)
    if (isFine(answer)) return answer
    // In `Basic` it is encoded, and what is sent back may not be.
    const body = withoutEcho(answer.body, { form: { client_secret: proof.secret } })
    return { ...answer, body }
  }

  return { ...plain, find, send }
}
