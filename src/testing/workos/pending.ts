import type { Begun, Pending, ServerContext } from './context.js'
import { refuseCode } from './errors.js'

/** Keeps a sign-in until the step is taken that it lacks; the text that goes on with it. */
export function keepPending(
  { pending, newToken }: ServerContext,
  begun: Begun,
  step: Pending['step'],
): string {
  const token = newToken()
  pending.set(token, { begun, step })
  return token
}

/** The sign-in that waits for one of these steps. @throws WorkOSRefusal for a text that nobody was given. */
export function findPending(
  { pending }: ServerContext,
  { token, clientId }: { readonly token: string | undefined; readonly clientId: string },
  ...steps: readonly Pending['step'][]
): Begun {
  const found = pending.get(token ?? '')
  if (found?.begun.clientId === clientId && steps.includes(found.step)) return found.begun
  return refuseCode(400, {
    code: 'invalid_pending_authentication_token',
    message: 'The pending authentication token is invalid.',
  })
}
