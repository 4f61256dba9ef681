import { type Begun, type ServerContext, sessionAnswer } from './context.js'
import { choose, enter } from './organizations.js'
import type { Answer } from './sessions.js'
import { takeSteps } from './steps.js'

/** What the provider gave by which somebody signed in: the answer to the sign-in has it, and no other. */
function providerTokens({ options, newToken, now }: ServerContext, { method }: Begun): Answer {
  if (!options.oauthTokens || !method.endsWith('OAuth')) return {}
  const seconds = Math.floor(now() / 1000) + 3_600
  const tokens = { access_token: newToken(), refresh_token: newToken(), expires_at: seconds }
  return { oauth_tokens: { provider: method, ...tokens, scopes: ['email'] } }
}

/**
 * Begins a session: with an organization where there is one, and without a step left to take.
 * @throws WorkOSRefusal that says which one is.
 */
export async function signIn(
  context: ServerContext,
  begun: Begun,
  wanted?: string | null,
): Promise<Answer> {
  takeSteps(context, begun)
  const { person, clientId, hosted } = begun
  const organizationId = wanted ?? choose(context, begun)
  if (organizationId) enter(context, { person, organizationId, admitted: hosted })
  const impersonator = context.impersonations.get(person.id) ?? null
  context.impersonations.delete(person.id)
  person.lastSignInAt = context.now()
  const session = context.sessions.start({
    userId: person.id,
    clientId,
    organizationId,
    method: impersonator ? 'Impersonation' : begun.method,
    impersonator,
    admittedTo: hosted ? organizationId : null,
  })
  const answer = await sessionAnswer(context, session, context.sessions.issue(session))
  return { ...answer, ...providerTokens(context, begun) }
}
