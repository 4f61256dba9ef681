import { newLineage } from './accounts.js'
import { bounded } from './bounded.js'
import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { AuthError, isAuthError } from './errors.js'
import { requestedAt, toError } from './exchange.js'
import { passed } from './look.js'
import { STORAGE_TIMEOUT } from './options.js'
import { newsOf, nextAttempt } from './patience.js'
import { type SessionRecord, toRecord } from './record.js'
import type { Grant, SessionUser } from './session.js'
import type { SourceDesk } from './session-source.js'
import type { SharedPatience } from './shared-patience.js'
import { type Observation, unknownOf, untilFound } from './state.js'
import type { TimeoutsWatch } from './timeouts.js'
import type { Now } from './timing.js'

/**
 * How a client finds out who is signed in. Until the first try has ended it is `loading`; after one that
 * failed it does not know (`Unknown`), and tries again: when somebody asks, at a wake, or by itself.
 */
export interface Start {
  /** Somebody asks. Settles once it is known, or cannot be known now. */
  loaded(): Promise<void>
  /** Milliseconds until the next try; Infinity once it is known, and during a try. */
  until(): number
  /** Tries again what failed. */
  retry(): void
}

/** What a start is made of, besides the context. */
export interface StartParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly patience: SharedPatience
  readonly timeouts: TimeoutsWatch | undefined
}

/** So often storage may fail in a row before a client goes on without it. */
const STORAGE_TRIES = 3

/** Whether storage is what failed: a try costs no server anything. */
const isLocal = ({ code }: AuthError): boolean => code === 'storage'

/** Starts reading storage, then whatever else may know of a session. */
export function createStart<User extends SessionUser>(
  context: EngineContext<User>,
  parts: StartParts<User>,
): Start {
  const { environment, limits, settings, settle, store } = context
  const { wake } = environment
  let trying = false
  async function attempt(): Promise<void> {
    trying = true
    await find(context, parts).finally(() => {
      trying = false
    })
    settle()
  }
  let loaded = attempt()
  const retry = (): void => {
    loaded = attempt()
  }
  return {
    loaded() {
      const now = { ...store.now(), asked: true }
      if (!trying && untilFound(store.state(), now, limits) <= 0) {
        store.ask()
        retry()
      }
      return loaded
    },
    until() {
      const state = store.state()
      const unknown = unknownOf(state)
      if (trying || !unknown) return Infinity
      const now = store.now()
      if (isLocal(unknown.patience.error)) return untilFound(state, { ...now, asked: true }, limits)
      const { autoRefresh = 'visible' } = settings
      const asleep = autoRefresh === 'visible' ? !wake.visible() : !autoRefresh
      return asleep || !wake.online() ? Infinity : untilFound(state, now, limits)
    },
    retry,
  }
}

/** One try: makes current what is found, or notes why nobody knows. */
async function find<User extends SessionUser>(
  context: EngineContext<User>,
  parts: StartParts<User>,
): Promise<void> {
  const { provider, section, settings, store } = context
  const { path, timeouts } = parts
  const { takeOver } = settings
  const desk = createDesk(context, path)
  try {
    const [first, sinceLook] = await path.read()
    const looked = store.now()
    let seen: Observation<User> | null = timeouts ? await timeouts.admit(first) : first
    if (seen.kind === 'absent' && takeOver) {
      seen = await section.locked(() => takeOver.find(desk))
    }
    if (provider.resume) {
      const said = seen
      seen = await section.locked(() => ask(context, parts, said))
    }
    // What that first look found has aged since, while the lock or the server was waited for.
    const since = sinceLook + passed(looked, store.now())
    //   this start                    another call here
    //   reads that nobody is signed in
    //                                 signs somebody in, or out
    //   would tell of what it has read: so storage is read again
    const state = store.state()
    if (seen && (state.status === 'loading' || unknownOf(state)))
      store.dispatch({ type: 'observed', seen, sinceLook: since, known: true })
    else if (seen) await path.observe()
  } catch (error) {
    failed(context, parts, error)
  }
}

/** Notes that storage does not tell who is signed in. The vault has reported its own failures. */
function failed<User extends SessionUser>(
  { environment, provider, store }: EngineContext<User>,
  { patience }: StartParts<User>,
  cause: unknown,
): void {
  if (isAuthError(cause, 'disposed')) return
  if (!isAuthError(cause)) environment.report(cause)
  const error =
    isAuthError(cause) && cause.code !== 'timeout'
      ? cause
      : new AuthError('storage', 'Storage does not answer.', { cause })
  const before = unknownOf(store.state())?.patience ?? null
  const counted = patience.count(before, error)
  const failures = before && isLocal(before.error) ? counted.failures : 1
  store.dispatch({
    type: 'unknown',
    patience: { ...counted, failures },
    // A server that alone would know is asked once storage works again.
    lost: !provider.resume && failures >= STORAGE_TRIES,
  })
}

/**
 * Asks the server whose session the cookies hold, inside the lock, unless it is too early for that.
 * Resolves to what a start has found; to `null` where that is current by now, or nobody knows.
 * @throws what storage does.
 */
async function ask<User extends SessionUser>(
  context: EngineContext<User>,
  { path, patience }: StartParts<User>,
  seen: Observation<User> | null,
): Promise<Observation<User> | null> {
  const { provider, store, limits } = context
  const record = seen?.kind === 'session' ? seen.record : null
  const own = (!record && unknownOf(store.state())?.patience) || null
  const theirs = await patience.peek(record)
  const before = (theirs && newsOf(theirs, own)) ?? own
  const now = store.now()
  let met = before
  if (!before || nextAttempt(before, now, limits) <= now.monotonic) {
    let refused: unknown
    const desk = createDesk(context, path, (error) => {
      refused = error
    })
    try {
      const found = await provider.resume?.find(desk)
      if (before) await patience.tell(null, null)
      return found ?? null
    } catch (cause) {
      if (cause !== refused || isAuthError(cause, 'disposed')) throw cause
      met = patience.count(before, toError(cause))
      await patience.tell(met, record)
    }
  }
  //   this context                  another one, or another call here
  //   asks the server
  //                                 is answered, and saves the session
  //   is not answered               what storage said before the question is long out of date
  const again = await path.read().catch(() => null)
  // Where storage does not answer either, what has become known here since is known better.
  const said = again?.[0] ?? (store.state().status === 'loading' ? seen : null)
  if (said?.kind === 'session') return said
  if (met) store.dispatch({ type: 'unknown', patience: met, lost: false })
  return null
}

/** What sources of sessions work with. */
function createDesk<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
  onFailure: (error: unknown) => void = () => {},
): SourceDesk<User> {
  const { environment, provider, settings, store } = context
  /** The sign-in that storage was last seen to have: what is established takes its place. */
  let replaced: string | null = null
  const recordOf = (grant: Grant<User>, asked: Now, base?: SessionRecord<User>) =>
    toRecord(grant, base ?? newLineage(context, grant, replaced), requestedAt(asked, store.now()))
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
      // Another context may have told of what this one has read: that is replaced. Whoever has left stays away.
      const still = (): boolean => {
        const now = store.state()
        return now.status === 'signed-in'
          ? path.lineage() === replaced
          : now.status === 'loading' || !!unknownOf(now)
      }
      if (!still()) {
        if (!store.held()) this.revoke(grant, asked)
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
