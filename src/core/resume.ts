import type { Exchange } from './exchange.js'
import type { Provider } from './ports.js'
import { type Grant, type SessionUser, toRecord } from './session.js'
import type { Observation } from './state.js'
import type { Store } from './store.js'
import { requestedAt } from './trade.js'
import type { Vault } from './vault.js'

/** What asking the server for this browser's session works on. */
export interface ResumeDeps<User extends SessionUser> {
  readonly provider: Provider<never, User>
  readonly store: Store<User>
  readonly vault: Vault<User>
  readonly exchange: Pick<Exchange<User>, 'request'>
  newLineage(grant: Grant<User>): string
  announce(): void
}

/**
 * Asks the server whose session the cookies of this browser hold, and makes storage say the same.
 * Resolves to what storage says by then.
 * @throws the provider's AuthError.
 */
export async function resume<User extends SessionUser>(
  deps: ResumeDeps<User>,
  seen: Observation<User>,
): Promise<Observation<User>> {
  const { provider, store, vault } = deps
  const record = seen.kind === 'session' ? seen.record : null
  const asked = store.now()
  const grant = await deps.exchange.request(async (context) =>
    provider.resume?.(record?.session ?? null, context),
  )
  if (grant === undefined || (grant === null && !record)) return seen
  if (grant === null) {
    const ended = record ? [record.lineage] : []
    await vault.end(record?.lineage ?? null, false)
    deps.announce()
    return { kind: 'signed-out', ended }
  }
  const at = requestedAt(asked, store.now())
  const { sessionId } = grant
  if (sessionId && seen.kind === 'signed-out' && seen.ended.some((id) => id.endsWith(sessionId))) {
    // Signed out here, but the server has not heard of it.
    const { session } = toRecord(grant, sessionId, at)
    deps.exchange
      .request(async (context) => provider.signOut?.(session, 'local', context))
      .catch(() => {})
    return seen
  }
  const same = record?.session.sessionId === sessionId ? record : null
  if (same?.session.accessToken === grant.accessToken) return seen
  const next = toRecord(grant, same ?? deps.newLineage(grant), at)
  await vault.save(next, record && !same ? [record.lineage] : [])
  deps.announce()
  return { kind: 'session', record: next }
}
