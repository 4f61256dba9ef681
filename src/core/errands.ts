import type { EngineContext } from './context.js'
import { AuthError } from './errors.js'
import type { Errand } from './exchange.js'
import type { Purpose, RefreshOptions, TokenTarget } from './provider.js'
import { changed, hasSameTokens, type SessionRecord, toRecord } from './record.js'
import type { Grant, Session, SessionUser } from './session.js'
import { isFresh } from './state.js'
import { waitMargin } from './timing.js'

/** Trades the refresh token for the next session of the same kind. */
export const refreshErrand = <User extends SessionUser>({
  provider,
  store,
}: EngineContext<User>): Errand<User> => ({
  name: 'refresh',
  failures: 'refresh',
  answeredBy() {
    const state = store.state()
    return state.status === 'signed-in' && isFresh(state, store.now())
  },
  send: ({ session }, its) =>
    provider.refresh(session.refreshToken ?? '', {
      ...its,
      session,
      organizationId: session.organizationId,
    }),
  apply: toRecord,
})

/** Trades it for a session in another organization. */
const switchErrand = <User extends SessionUser>(
  { provider }: EngineContext<User>,
  organizationId: string,
): Errand<User> => ({
  name: `organization ${organizationId}`,
  failures: 'variant',
  answeredBy: () => false,
  send: ({ session }, its) =>
    provider.refresh(session.refreshToken ?? '', { ...its, session, organizationId }),
  apply: toRecord,
  strayed: (session) =>
    session.organizationId === organizationId
      ? null
      : new AuthError('rejected', 'The server did not switch to this organization.'),
})

/** What `refreshSession` is for: the same session again, or one in another organization. */
export const errandFor = <User extends SessionUser>(
  context: EngineContext<User>,
  { organizationId }: RefreshOptions,
): Errand<User> => (organizationId ? switchErrand(context, organizationId) : refreshErrand(context))

/** What an access token for a target changes of a record: the session's own stays as it is. */
const asToken =
  <User extends SessionUser>(
    { provider }: EngineContext<User>,
    name: string,
  ): Errand<User>['apply'] =>
  (grant, base, requestedAt) => {
    const session = {
      ...base.session,
      refreshToken: grant.refreshToken || base.session.refreshToken,
    }
    const { tokens } = provider.tokens?.add(base, { name, grant, requestedAt }) ?? base
    return changed(base, { session, tokens })
  }

/** What becomes of the answer to a purpose: the session's next tokens, or one for its target. */
export function applyFor<User extends SessionUser>(
  context: EngineContext<User>,
  { target = {} }: Purpose<User>,
): Errand<User>['apply'] {
  const name = context.provider.tokens?.nameOf(target)
  return name ? asToken(context, name) : toRecord
}

/** A request of the provider's own that brings the next tokens of the session, such as MFA. */
export const purposeErrand = <User extends SessionUser>(
  { send, event, startsSession }: Purpose<User>,
  revoke: (session: Session<User>) => void,
  apply: Errand<User>['apply'] = toRecord,
): Errand<User> => ({
  // Nobody joins it: what it sends is its caller's alone.
  name: `purpose ${++purposes}`,
  failures: 'own',
  answeredBy: () => false,
  send: ({ session }, its) => send(session, its),
  apply,
  event,
  left(before, grant, replaced) {
    const { sessionId, accessToken, refreshToken = null } = grant
    // One that is not known to be another one may be the one that is held.
    const two = startsSession && before.sessionId && sessionId && sessionId !== before.sessionId
    if (two) revoke(replaced ? before : { ...before, accessToken, refreshToken })
  },
})
let purposes = 0

/** Takes over what an answer of an API said of `base`, unless newer tokens are held by then. */
export const updateErrand = <User extends SessionUser>(
  base: SessionRecord<User>,
  grant: Grant<User>,
): Errand<User> => ({
  ...purposeErrand({ send: async () => null }, () => {}),
  inHand: true,
  send: async (record) => (hasSameTokens(record, base) ? grant : null),
})

/** The token that the session has for a target, as long as callers need not wait for the next. */
export function tokenFor<User extends SessionUser>(
  { provider, store, limits }: EngineContext<User>,
  name: string,
): string | null {
  const held = store.held()
  const token = held && provider.tokens?.find(held, name, store.now())
  return token && token.left > waitMargin(token, limits) ? token.accessToken : null
}

/** Trades the refresh token for one more access token, for another resource (RFC 8707). */
export const tokenErrand = <User extends SessionUser>(
  context: EngineContext<User>,
  name: string,
  target: TokenTarget,
): Errand<User> => ({
  name: `token ${name}`,
  failures: 'variant',
  answeredBy: () => tokenFor(context, name) !== null,
  send: ({ session }, its) =>
    context.provider.refresh(session.refreshToken ?? '', {
      ...its,
      ...target,
      session,
      organizationId: session.organizationId,
    }),
  apply: asToken(context, name),
})
