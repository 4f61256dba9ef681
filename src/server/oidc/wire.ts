import { AuthError, isAuthError } from '../../core/errors.js'
import type { Signal } from '../../core/ports.js'
import { createServer, type Server } from '../../providers/oidc/server.js'
import type { OidcMetadata } from '../../providers/oidc/types.js'
import { withoutEcho } from '../../providers/shared/echo.js'
import { bridged } from '../../providers/shared/http.js'
import { asObject, text } from '../../providers/shared/json.js'
import { isFine } from '../../providers/shared/passing.js'
import { isLately } from '../shared/lately.js'
import { withinTime } from '../shared/time-limit.js'
import type { ClientProof } from './client-authentication.js'
import type { OidcServerOptions } from './types.js'

/** What a server reads of the document besides what pages do. */
const FURTHER = [
  'introspection_endpoint',
  'jwks_uri',
  'id_token_signing_alg_values_supported',
  'prompt_values_supported',
]

/** Where a client proves who it is: RFC 6749 §3.2.1, RFC 7009 §2.1, RFC 7662 §2.1, RFC 9126 §2. */
const PROVING = [
  'token_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'pushed_authorization_request_endpoint',
]

/** How long an issuer is left alone that could not tell, and does not say how long, in ms. */
const REST = 250

/** Asks, and hears the same for a while after a failure: each who wants to sign in would ask otherwise. */
function resting<T>(ask: () => Promise<T>, now: () => number): () => Promise<T> {
  let failure: { readonly error: AuthError; readonly at: number; readonly rest: number } | undefined
  return async () => {
    if (failure && isLately(failure.at, failure.rest, now())) {
      const { error, at, rest } = failure
      const { code, message, status, serverCode, retryable } = error
      const retryAfter = error.retryAfter && at + rest - now()
      throw new AuthError(code, message, { status, serverCode, retryable, retryAfter })
    }
    try {
      return await ask()
    } catch (error) {
      if (isAuthError(error)) failure = { error, at: now(), rest: error.retryAfter ?? REST }
      throw error
    }
  }
}

/** What a refusal may be called (RFC 6749 §5.2), and no longer than a log can bear. */
const WORD = /^[ -~]{1,200}$/

/** A refusal whose word can be told: any other is none of this protocol. */
function withoutOddWord(body: unknown): unknown {
  const said = asObject(body)
  return said && !WORD.test(text(said.error) ?? '') ? { ...said, error: undefined } : body
}

/** Waits for work that others wait for too, as long as this caller wants. */
export const heeding = <T>(signal: Signal, work: Promise<T>): Promise<T> =>
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
    'issuer' | 'metadata' | 'headers' | 'fetch' | 'dangerouslyAllowInsecureHttp' | 'now'
  >,
  proof: ClientProof,
  timeout: number,
): Server {
  const plain = createServer(options, FURTHER)
  const look = resting(
    () => withinTime(timeout, (signal) => plain.find({ signal })),
    options.now ?? Date.now,
  )
  let asking: Promise<OidcMetadata> | undefined

  const find: Server['find'] = (context) => {
    asking ??= look().finally(() => {
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
    const isRefused = !isFine(answer)
    // GitHub and its like refuse with 200.
    if (!isRefused && !asObject(answer.body)?.error) return answer
    // In `Basic` it is encoded, and what is sent back may not be.
    const body = withoutEcho(answer.body, { form: { client_secret: proof.secret } })
    return { ...answer, body: isRefused ? withoutOddWord(body) : body }
  }

  return { ...plain, find, send }
}
