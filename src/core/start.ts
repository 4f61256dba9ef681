import { newLineage } from './accounts.js'
import { bounded } from './bounded.js'
import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { AuthError, isAuthError } from './errors.js'
import { requestedAt } from './exchange.js'
import { passed } from './look.js'
import { STORAGE_TIMEOUT } from './options.js'
import { type SessionRecord, toRecord } from './record.js'
import type { Grant, SessionUser } from './session.js'
import type { SourceDesk } from './session-source.js'
import type { Observation } from './state.js'
import type { TimeoutsWatch } from './timeouts.js'
import type { Now } from './timing.js'

/** How a client finds out who is signed in. */
export interface Start {
  /** Settles once it is known, or cannot be known now. */
  loaded(): Promise<void>
  /** Why nobody knows whether somebody is signed in; `null` when that is known. */
  unknown(): AuthError | null
  /** Tries again what failed. */
  retry(): void
}

/** Starts reading storage, then whatever else may know of a session. */
export function createStart<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
  timeouts?: TimeoutsWatch,
): Start {
  let unknown: AuthError | null = null
  const begin = (): Promise<void> =>
    load(context, path, timeouts).then((error) => {
      unknown = error
      context.settle()
    })
  let loaded = begin()
  return {
    loaded: () => loaded,
    unknown: () => unknown,
    retry() {
      loaded = begin()
    },
  }
}

/** Makes current what is found; resolves to the failure of a server that alone would know. */
async function load<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
  timeouts?: TimeoutsWatch,
): Promise<AuthError | null> {
  const { environment, provider, section, store } = context
  const { resume } = provider
  const { takeOver } = context.settings
  const desk = createDesk(context, path)
  let seen: Observation<User> | null = { kind: 'absent' }
  let sinceLook = Infinity
  let looked = store.now()
  let unknown: AuthError | null = null
  try {
    ;[seen, sinceLook] = await path.read()
    looked = store.now()
    if (timeouts) seen = await timeouts.admit(seen)
    if (seen.kind === 'absent' && takeOver) {
      seen = await section.locked(() => takeOver.find(desk))
    }
    if (resume) seen = await section.locked(() => resume.find(desk))
  } catch (error) {
    // The vault has reported its own failures, and callers hear those of the server.
    if (!isAuthError(error)) environment.report(error)
    if (resume) {
      //   this context                  another one, or another call here
      //   asks the server
      //                                 is answered, and saves the session
      //   is not answered               what storage said before the question is long out of date
      const again = await path.read().catch(() => null)
      // Where storage does not answer either, what has become known here since is known better.
      if (again || store.state().status !== 'loading') seen = again?.[0] ?? null
      if (seen?.kind !== 'session' && isAuthError(error)) unknown = error
    }
  }
  // What that first look found has aged since, while the lock or the server was waited for.
  const since = sinceLook + passed(looked, store.now())
  if (seen) store.dispatch({ type: 'observed', seen, sinceLook: since })
  return unknown
}

/** What sources of sessions work with. */
function createDesk<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
): SourceDesk<User> {
  const { environment, provider, settings, store } = context
  /** The sign-in that storage was last seen to have: what is established takes its place. */
  let replaced: string | null = null
  const recordOf = (grant: Grant<User>, asked: Now, base?: SessionRecord<User>) =>
    toRecord(grant, base ?? newLineage(context, grant, replaced), requestedAt(asked, store.now()))
  return {
    storage: settings.storage,
    now: store.now,
    request: context.request,
    report: environment.report,
    async read() {
      const [seen] = await path.read()
      replaced = seen.kind === 'session' ? seen.record.lineage : null
      return seen
    },
    async establish(grant, asked, base) {
      const record = recordOf(grant, asked, base)
      await path.commit({
        record,
        seen: null,
        still: () => {
          //   this context                  another one
          //   reads storage, asks the server
          //                                 tells of the session that this one has read
          //   adopts it                     and the answer takes its place all the same
          const held = path.lineage()
          return held === undefined || held === replaced
        },
        become: (saved) => ({ type: 'established', record, saved, arrival: 'start', replaced }),
      })
      const state = store.state()
      return state.status === 'signed-in' && state.saved
    },
    end: (record) => path.end({ lineage: record?.lineage ?? null, any: false }, record?.session),
    revoke(grant, asked) {
      const { session } = recordOf(grant, asked)
      // What has begun is carried out, also by several requests, as every sign-out.
      const ended = context.request(async ({ signal }) =>
        provider.signOut?.(session, 'local', { signal }),
      )
      ended.catch(() => {})
    },
    within: (work) =>
      bounded(environment, async () => work(), {
        limit: settings.storageTimeout ?? STORAGE_TIMEOUT,
        late: () => new AuthError('timeout', 'Storage does not answer.'),
      }),
  }
}
