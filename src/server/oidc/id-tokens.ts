import type { JWTVerifyGetKey } from 'jose'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { createIdTokenJudge, isBeginning } from '../../providers/oidc/id-token-judge.js'
import { algorithmsOf, NO_PLACE } from '../../providers/oidc/issuer-keys.js'
import type { Server } from '../../providers/oidc/server.js'
import { invalid } from '../../providers/shared/url.js'
import { createKeySet, type KeySetLocation } from '../verification/key-set.js'
import { verifyByAny } from '../verification/token-check.js'
import type { OidcServerOptions } from './types.js'
import { heeding } from './wire.js'

type Context = Parameters<Server['find']>[0]

/** In s, for jose, which takes no `Infinity`. */
const ANY_TIME = Number.MAX_SAFE_INTEGER

/** The grants that bring sessions; others' id tokens are read by nobody. */
const SESSIONS = /^(authorization_code|refresh_token)$/

/**
 * A server whose id tokens are verified by the keys of its issuer, where the options want that. A sign-in
 * waits for keys before its code is spent, and fails while there are none. A refresh of a session waits for
 * none: an id token that is not genuine, or not known to be, does not replace the one before it.
 * @throws AuthError `invalid_argument` for options that cannot be.
 */
export function verifyingIdTokens(
  server: Server,
  location: KeySetLocation,
  { verifyIdToken, metadata, now = Date.now }: OidcServerOptions,
): Server {
  if (!verifyIdToken) return server
  if (metadata && !metadata.jwks_uri) invalid(NO_PLACE)
  const judge = createIdTokenJudge(verifyIdToken === true ? {} : verifyIdToken, now)
  const keys = createKeySet(location, now)

  /** Whether a key of the issuer has signed it. What the token says of time the judge looks at. */
  async function isSigned(
    token: string,
    keyFor: JWTVerifyGetKey,
    context: Context,
  ): Promise<boolean> {
    try {
      const algorithms = [...judge.accepted(algorithmsOf(await server.find(context)))]
      await verifyByAny(token, keyFor, { algorithms, clockTolerance: ANY_TIME })
      return true
    } catch {
      return false
    }
  }

  /** Looks for the key of a token beside the request that has brought it, for the next one. */
  async function lookFor(token: string): Promise<void> {
    keys.hurry(token)
    try {
      await keys.keyFor(decodeProtectedHeader(token))
      // A key may have been replaced under its own name.
      await keys.lookAgain()
    } catch {
      // It is no token, there is no such key, or the issuer cannot be asked.
    }
  }

  const send = judge.judging(server.send, async (token, waits, context) => {
    if (waits) {
      // What was sent is spent by then: a failure that asks to be tried again would send it again.
      keys.hurry(token)
      if (await isSigned(token, keys.keyFor, context)) return true
      await keys.lookAgain().catch(() => {})
      return isSigned(token, keys.keyFor, context)
    }
    if (await isSigned(token, keys.keyAtHand, context)) return true
    void lookFor(token)
    return false
  })

  return {
    ...server,
    async send(endpoint, request, context) {
      if (!SESSIONS.test(request.form?.grant_type ?? ''))
        return server.send(endpoint, request, context)
      if (isBeginning(request, context)) {
        // Before anything is spent: without keys this would begin a session at the server, and fail.
        if (!(await server.find(context)).jwks_uri) invalid(NO_PLACE)
        await heeding(context.signal, keys.ready())
      } else {
        keys.ready().catch(() => {})
      }
      return send(endpoint, request, context)
    },
  }
}
