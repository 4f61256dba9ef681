import { newLineage } from './accounts.js'
import { bounded } from './bounded.js'
import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { AuthError, isAuthError } from './errors.js'
import { requestedAt } from './exchange.js'
import { STORAGE_TIMEOUT } from './options.js'
import { type SessionRecord, toRecord } from './record.js'
import type { Grant, SessionUser } from './session.js'
import type { Observation } from './state.js'

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
): Start {
  let unknown: AuthError | null = null
  const begin = (): Promise<void> =>
    load(context, path).then((error) => {
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
): Promise<AuthError | null> {
  const { environment, provider, section, settings, store } = context
  let seen: Observation<User> | null = { kind: 'absent' }
  let sinceLook = Infinity
  let unknown: AuthError | null = null
  try {
    ;[seen, sinceLook] = await path.read()
    if (seen.kind === 'absent' && settings.takeOver) {
      seen = await section.locked(() => takeOver(context, path))
    }
    if (provider.resume) {
      try {
        seen = await section.locked(() => resume(context, path))
      } catch (error) {
        //   this context                  another one
        //   asks the server
        //                                 is answered, and saves the session
        //   is not answered               what storage said before the question is long out of date
        ;[seen] = await path.read()
        throw error
      }
    }
  } catch (error) {
    // The vault has reported its own failures, and callers hear those of the server.
    if (!isAuthError(error)) environment.report(error)
    if (provider.resume && seen?.kind !== 'session' && isAuthError(error)) unknown = error
  }
  if (seen) store.dispatch({ type: 'observed', seen, sinceLook })
  return unknown
}

/** Saves a session that was found elsewhere, and makes it current: unless somebody is signed in. */
const found = <User extends SessionUser>(
  { store }: EngineContext<User>,
  path: CommitPath<User>,
  record: SessionRecord<User>,
): Promise<boolean> =>
  path.commit({
    record,
    seen: null,
    still: () => store.held() === null,
    become: (saved) => ({ type: 'established', record, saved, arrival: 'start' }),
  })

/**
 * Moves the session of another library here, unless a sibling has done so meanwhile. Resolves to what
 * storage says, or to `null` once the session found is current.
 */
async function takeOver<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
): Promise<Observation<User> | null> {
  const { environment, settings, store } = context
  const [seen] = await path.read()
  const { key, parse, storage: from = settings.storage } = settings.takeOver ?? {}
  if (seen.kind !== 'absent' || !key || !parse) return seen
  const within = {
    limit: settings.storageTimeout ?? STORAGE_TIMEOUT,
    late: () => new AuthError('timeout', 'Storage does not answer.'),
  }
  const { wall } = store.now()
  let grant: Grant<User> | null = null
  try {
    const text = await bounded(environment, () => from.get(key), within)
    if (text) grant = parse(text, wall)
  } catch (error) {
    environment.report(error)
  }
  if (!grant) return seen
  await found(context, path, toRecord(grant, newLineage(context, grant), wall))
  const state = store.state()
  if (state.status === 'signed-in' && state.saved) {
    // Left in place it would be taken over again after the next sign-out.
    await bounded(environment, () => from.remove(key), within)
  }
  return null
}

/**
 * Asks the server whose session the cookies of this browser hold, and makes storage say the same.
 * Inside the lock: a sibling that starts as well may have asked by then. Resolves to what storage
 * says, or to `null` once what the server says is current.
 * @throws the provider's AuthError.
 */
async function resume<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
): Promise<Observation<User> | null> {
  const { provider, store } = context
  const [before] = await path.read()
  const known = before.kind === 'session' ? before.record : null
  const asked = store.now()
  const grant = await context.request(async (its) => provider.resume?.(known?.session ?? null, its))
  //   this context                  another one
  //   asks the server
  //                                 signs in or out, which needs no lock
  //   is told of the session        storage knows better which one it is, and whether it has ended
  const [seen] = await path.read()
  const record = seen.kind === 'session' ? seen.record : null
  if (grant === undefined || (grant === null && !record)) return seen
  // Whoever signed in after the question is not meant by the answer.
  if (record && record.lineage !== known?.lineage) return seen
  if (grant === null) {
    const ended = record ? [record.lineage] : []
    await path.end({ lineage: record?.lineage ?? null, any: false }, record?.session)
    return { kind: 'signed-out', ended }
  }
  const at = requestedAt(asked, store.now())
  if (wasEnded(seen, grant)) {
    // Signed out here, but the server has not heard of it.
    const { session } = toRecord(grant, newLineage(context, grant), at)
    context.request(async (its) => provider.signOut?.(session, 'local', its)).catch(() => {})
    return seen
  }
  const same = record?.session.sessionId === grant.sessionId ? record : null
  if (same?.session.accessToken === grant.accessToken) return seen
  await found(context, path, toRecord(grant, same ?? newLineage(context, grant), at))
  return null
}

/** Whether storage says that this very session ended: its id is the end of its lineage's name. */
const wasEnded = <User extends SessionUser>(
  seen: Observation<User>,
  { sessionId }: Grant<User>,
): boolean =>
  seen.kind === 'signed-out' &&
  sessionId !== undefined &&
  sessionId !== '' &&
  seen.ended.some((lineage) => lineage.endsWith(sessionId))
