import { newLineage } from './accounts.js'
import { bounded } from './bounded.js'
import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { AuthError } from './errors.js'
import { requestedAt } from './exchange.js'
import { STORAGE_TIMEOUT } from './options.js'
import { type SessionRecord, toRecord } from './record.js'
import type { Grant, SessionUser } from './session.js'
import type { SourceDesk } from './session-source.js'
import { unknownOf } from './state.js'
import type { Now } from './timing.js'

/** What sources of sessions work with. */
export function createDesk<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
  onFailure: (error: unknown) => void = () => {},
): SourceDesk<User> {
  const { environment, provider, settings, store } = context
  /** The sign-in that storage was last seen to have: what is established takes its place. */
  let replaced: string | null = null
  const recordOf = (grant: Grant<User>, asked: Now, base?: SessionRecord<User>) =>
    toRecord(grant, base ?? newLineage(context, grant, replaced), requestedAt(asked, store.now()))
  function revoke(grant: Grant<User>, asked: Now): void {
    const { session } = recordOf(grant, asked)
    // What has begun is carried out, also by several requests, as every sign-out.
    const ended = context.request(async ({ signal }) =>
      provider.signOut?.(session, 'local', { signal }),
    )
    ended.catch(() => {})
  }
  return {
    storage: settings.storage,
    now: store.now,
    request: (send) =>
      context.request(send).catch((error: unknown) => {
        onFailure(error)
        throw error
      }),
    report: environment.report,
    async read() {
      const [seen] = await path.read()
      replaced = seen.kind === 'session' ? seen.record.lineage : null
      return seen
    },
    async establish(grant, asked, base) {
      const record = recordOf(grant, asked, base)
      // What was adopted meanwhile is replaced only if it is what `read` saw. Who signed out is not brought back.
      const still = (): boolean => {
        const now = store.state()
        return now.status === 'signed-in'
          ? path.lineage() === replaced
          : now.status === 'loading' || !!unknownOf(now)
      }
      if (!still()) {
        if (!store.held()) revoke(grant, asked)
        return false
      }
      await path.commit({
        record,
        seen: null,
        still,
        become: (saved) => ({ type: 'established', record, saved, arrival: 'start', replaced }),
      })
      const state = store.state()
      return state.status === 'signed-in' && state.saved
    },
    end: (record) => path.end({ lineage: record?.lineage ?? null, any: false }, record?.session),
    revoke,
    within: (work) =>
      bounded(environment, async () => work(), {
        limit: settings.storageTimeout ?? STORAGE_TIMEOUT,
        late: () => new AuthError('timeout', 'Storage does not answer.'),
      }),
  }
}
