import { invalid } from './check-options.js'
import type { EngineContext } from './context.js'
import { isAuthError } from './errors.js'
import { createLook, passed } from './look.js'
import type { End } from './pointer.js'
import { hasSameAccessToken, isSamePerson, type SessionRecord } from './record.js'
import type { Session, SessionUser } from './session.js'
import { endedAfter, type Input, isEmptied, type Observation } from './state.js'
import type { Store } from './store.js'
import { remaining } from './timing.js'

/**
 * What a reading of storage told about the session in memory: storage points to it, or not; or nothing
 * could be learnt just now (`unknown`); or storage has failed each time so far, so that nobody can have
 * left anything in it (`broken`).
 */
export type Seen = 'ours' | 'other' | 'unknown' | 'broken'

/** A record to save, and what it is to memory. */
export interface Change<User extends SessionUser> {
  readonly record: SessionRecord<User>
  /** What storage was just seen to say; `null` for a new sign-in, to which the pointer has to move. */
  readonly seen: Seen | null
  /** Whether it takes the place of nobody else: see `Grant.yields`. */
  readonly yields?: boolean | undefined
  /** Whether storage is looked at once more before it is saved, as its caller may have waited. */
  readonly looks?: boolean | undefined
  /** Whether the record is still wanted once it is saved. */
  still(): boolean
  /** What then happens to the context. */
  become(saved: boolean): Input<User>
}

/** Keeps memory and storage in step: every change of a session goes through here. */
export interface CommitPath<User extends SessionUser> {
  /** The sign-in that is current in memory. */
  lineage(): string | undefined
  /** Reads storage, and changes nothing. `unheard`: see `Look`. @throws AuthError `storage`, `timeout`. */
  read(unheard?: number): Promise<readonly [seen: Observation<User>, sinceLook: number]>
  /** What storage said last, as a text; empty before it was read. */
  lastRead(): string
  /** Reads storage and adopts what it says. `unheard`: see `Look`. */
  observe(unheard?: number): Promise<Seen>
  /**
   * Saves a record, then makes it current and tells the other contexts. `false` when another session
   * became current meanwhile: then nothing of this one is left in storage, unless the other could not
   * be saved.
   * @throws AuthError `invalid_argument` where the change yields, and somebody else is signed in; then
   *   also what `read` does, as nobody knows.
   */
  commit(change: Change<User>): Promise<boolean>
  /** Brings storage to say that a sign-in has ended, and tells the other contexts. */
  end(end: End, session?: Session<User>): Promise<void>
  /** Removes the key of a session that is over, or that never became current. In the background. */
  forgetKey(session: Session<User>): void
}

/** What storage says, as a text that is another one after each save. */
function textOf<User extends SessionUser>(seen: Observation<User>): string {
  if (seen.kind !== 'session') return seen.kind
  const { record, savedAt } = seen
  return `${record.lineage} ${record.revision} ${savedAt}`
}

/** Makes what reads storage, and remembers what that said. */
function createReading<User extends SessionUser>({
  store,
  vault,
  settings,
}: EngineContext<User>): Pick<CommitPath<User>, 'read' | 'lastRead'> {
  const look = createLook(store.now, settings.storage.lag)
  let last = ''
  /** The session that it said last, when that was first found, and for how long it may have been there by then. */
  let found = { text: '', at: store.now(), sinceLook: Infinity }
  return {
    async read(unheard) {
      const [seen, sinceLook] = await look(vault.read, unheard)
      const text = textOf(seen)
      last = text
      if (seen.kind !== 'session') return [seen, sinceLook]
      const at = store.now()
      //   this context                        finds a session, and asks the server first
      //   looks again before it is current    what it finds was not saved since that look
      if (text !== found.text) found = { text, at, sinceLook }
      return [seen, found.sinceLook + passed(found.at, at)]
    },
    lastRead: () => last,
  }
}

/** Makes the commit path of one client. */
export function createCommitPath<User extends SessionUser>(
  context: EngineContext<User>,
): CommitPath<User> {
  const { provider, store, vault, gate, settings, announce } = context
  const { read, lastRead } = createReading(context)
  const lineage = (): string | undefined => store.held()?.record.lineage

  async function adopt(unheard?: number): Promise<Seen> {
    const [seen, sinceLook] = await read(unheard)
    const before = store.state()
    const mine = lineage()
    store.dispatch({ type: 'observed', seen, sinceLook })
    // Whoever cleared storage is not told of it by storage: all have to look.
    if (!isEmptied(before) && isEmptied(store.state())) announce()
    // Without a working lock, a save of ours may have landed after the sibling's removal. Where
    // somebody deleted everything, a sibling that goes on in memory may be writing it anew.
    if (mine && mine !== lineage() && seen.kind !== 'absent') await vault.discard(mine)
    return seen.kind === 'session' && seen.record.lineage === lineage() ? 'ours' : 'other'
  }

  //   a sign-in that yields         another one, in another tab
  //   looks: nobody is signed in
  //                                 is saved
  //   would be saved over it        so they pass the gate one by one
  async function pass(change: Change<User>): Promise<boolean> {
    if (change.looks) await adopt().catch(() => {})
    if (change.yields) {
      await adopt()
      const held = store.held()
      if (held && !isSamePerson(held.record, change.record)) {
        throw invalid('Another person is signed in, whom this may not replace: sign out first.')
      }
    }
    return change.still() && commit(context, change)
  }

  async function commitAtGate(change: Change<User>): Promise<boolean> {
    try {
      return await gate.locked(() => pass(change))
    } catch (error) {
      // Its tokens came before the disposal, and would be lost. Whoever yields would not know to whom.
      if (change.yields || !isAuthError(error, 'disposed')) throw error
      return change.still() && commit(context, change)
    }
  }

  return {
    lineage,
    read,
    lastRead,
    observe: (unheard) =>
      adopt(unheard).catch((error) =>
        lastRead() || isAuthError(error, 'timeout') ? 'unknown' : 'broken',
      ),
    commit: (change) =>
      change.yields || (provider.mayYield && change.seen !== 'ours')
        ? commitAtGate(change)
        : commit(context, change),
    async end(end, session) {
      const saved = await vault.end(end)
      if (saved) context.section.saved()
      if (session) forgetKey(context, session)
      // What could not be moved here when it was found does not outlive its session either.
      forget(context, () => settings.takeOver?.forget?.(settings.storage))
      // Somebody may have signed in meanwhile, whose session has a save of its own.
      if (!store.held()) store.dispatch({ type: 'persisted', saved })
      announce()
    },
    forgetKey: (session) => forgetKey(context, session),
  }
}

/** Nobody waits for it: a store that hangs must not hold up whoever signs in or out. */
async function forget<User extends SessionUser>(
  { environment }: EngineContext<User>,
  remove: () => unknown,
): Promise<void> {
  try {
    await remove()
  } catch (error) {
    environment.report(error)
  }
}

/** A key that no session is bound to any more is worth nothing, except to a thief. */
function forgetKey<User extends SessionUser>(
  context: EngineContext<User>,
  { keyId }: Session<User>,
): void {
  if (keyId) forget(context, () => context.settings.keys?.remove(keyId))
}

/** Clocks that are apart by more, in ms, are two. */
const CLOCKS_APART = 2_000

/**
 * The time at which a record is saved: what it says is how old the token is, to readers with other clocks.
 */
function savedAtBy<User extends SessionUser>(
  store: Store<User>,
  record: SessionRecord<User>,
): number {
  const held = store.held()
  const now = store.now()
  const { wall } = now
  if (!held || !hasSameAccessToken(held.record, record)) return wall
  //   this host                     another one, with another clock
  //                                 received the token, and saved when, by its clock
  //   saves it once more            so its age is told by that clock too
  const theirs = Math.floor(record.session.expiresAt - remaining(held, now))
  // By one clock the time says it better than what this context thinks of the age.
  return Math.abs(theirs - wall) > CLOCKS_APART ? theirs : wall
}

async function commit<User extends SessionUser>(
  context: EngineContext<User>,
  { record, seen, still, become }: Change<User>,
): Promise<boolean> {
  const { store, vault, section, gate, announce } = context
  const before = store.state()
  const previous = store.held()?.record
  const pointed = before.status === 'signed-in' && before.saved
  const points = seen === null || seen === 'other' || (seen !== 'ours' && !pointed)
  const savedAt = savedAtBy(store, record)
  const saved = await vault.save(record, points ? endedAfter(before) : null, savedAt)
  // The next holder of the lock has to find it: until then, the lock is kept.
  if (saved) {
    section.saved()
    gate.saved()
  }
  const now = store.state()
  //   this call            another call here
  //   begins to save
  //                        signs out, or somebody else in
  //   has saved            the slot of a session that is over lies in storage: remove it
  if (previous?.lineage === record.lineage && store.held()?.record.lineage !== record.lineage) {
    // As long as what took its place is known here alone, the siblings go on with this session.
    if (now.status !== 'signed-in' || now.saved) await vault.discard(record.lineage)
    return false
  }
  if (!still()) {
    //   this call            another call here
    //   begins to save a sign-in
    //                        signs out
    //   has saved
    //                        reads storage: finds the sign-in, and has to know that it is over
    if (seen === null) store.dispatch({ type: 'dropped', lineage: record.lineage })
    return false
  }
  store.dispatch(become(saved))
  if (saved) announce()
  if (previous && previous.session.keyId !== record.session.keyId) {
    forgetKey(context, previous.session)
  }
  return true
}
