import { bounded } from './bounded.js'
import { AuthError } from './errors.js'
import {
  type End,
  endIn,
  lastError,
  NOBODY,
  type Pointer,
  parsePointer,
  pointTo,
  serializePointer,
} from './pointer.js'
import type { Environment, Signal, Storage } from './ports.js'
import { parseRecord, type SessionRecord, serializeRecord } from './record.js'
import type { SessionUser } from './session.js'
import type { Observation } from './state.js'
import { textOf } from './stored.js'

/**
 * The one place that knows how a session lies in storage, and the only one of the core that writes
 * there. (A lease, where Web Locks are missing, has an entry of its own; and what another library left
 * is removed by `take-over.ts`.)
 *
 * Under the storage key lies a pointer: which lineage is current, and which ended lately. Each
 * lineage has a slot of its own. A refresh writes only the slot of the lineage it began with;
 * sign-in and sign-out move only the pointer. So a refresh that comes late can neither revive a
 * session nor overwrite another person's, with or without a lock.
 */
export interface Vault<User extends SessionUser> {
  /** @throws AuthError `storage` when storage fails, `timeout` when it does not answer. */
  read(): Promise<Observation<User>>
  /**
   * Writes a record. With a list of lineages that have `ended`, its own becomes the current one, and
   * nothing is left of those or of the one before. `savedAt`: now, in ms since the epoch, by the clock of
   * whoever received the token. Reports failures.
   */
  save(
    record: SessionRecord<User>,
    ended: readonly string[] | null,
    savedAt: number,
  ): Promise<boolean>
  /** Ends a sign-in: nothing of it is left. Reports failures. */
  end(end: End): Promise<boolean>
  /** Removes the slot of a lineage that is no longer wanted. Reports failures. */
  discard(lineage: string): Promise<boolean>
  /** The text kept beside the session. @throws as `read`. */
  readText(name: TextName): Promise<string | null>
  /** Changes that text, in one step where storage can. @throws as `read`. */
  updateText(name: TextName, change: (text: string | null) => string | null): Promise<void>
}

/** What is kept beside the session: secrets of redirects, what is known of a sick server, when it was used. */
export type TextName = 'flows' | 'patience' | 'timeouts'

/** What a vault is made of. `timeout` bounds each of its calls, in ms; two tries at a save take two. */
export interface VaultOptions {
  readonly environment: Environment
  readonly storage: Storage
  readonly storageKey: string
  readonly timeout: number
}

/** Beside the slots; `unreadable` is where 0.1 put what it could not read. */
const LEFT_AT_END = ['patience', 'timeouts', 'unreadable'] as const

/** Storage whose every entry is a text or `null`, changed in one step where it can be. */
function createEntries({ storage }: VaultOptions) {
  const get = async (name: string): Promise<string | null> => textOf(await storage.get(name))
  const remove = async (name: string): Promise<void> => storage.remove(name)
  const set = async (name: string, text: string): Promise<void> => storage.set(name, text)
  async function update(name: string, edit: (text: string | null) => string | null): Promise<void> {
    if (storage.update) {
      await storage.update(name, (text) => edit(textOf(text)))
      return
    }
    const text = edit(await get(name))
    if (text === null) await remove(name)
    else await set(name, text)
  }
  return { get, set, remove, update }
}

type Entries = ReturnType<typeof createEntries>

async function readSession<User extends SessionUser>(
  entries: Entries,
  key: string,
): Promise<Observation<User>> {
  const text = await entries.get(key)
  if (text === null) return { kind: 'absent' }
  const pointer = parsePointer(text)
  if (!pointer) return { kind: 'unreadable' }
  const { current, ended, left, any } = pointer
  if (current === null) return { kind: 'signed-out', ended, any, error: lastError(pointer) }
  const content = await entries.get(`${key}.${current}`)
  const stored = content === null ? null : parseRecord<User>(content)
  if (stored?.record.lineage === current) {
    return { kind: 'session', ended: left ? [left] : [], ...stored }
  }
  //   here                  sibling
  //   reads the pointer
  //                         moves the pointer, then removes the slot
  //   finds no slot         so the pointer is looked at again
  const moved = content === null && (await entries.get(key)) !== text
  return moved ? readSession(entries, key) : { kind: 'unreadable' }
}

/** Changes the pointer in one step where storage can; resolves to the pointer after. */
async function point(
  { update }: Entries,
  key: string,
  change: (before: Pointer) => Pointer,
): Promise<Pointer> {
  let after = NOBODY
  await update(key, (text) => {
    after = change((text !== null && parsePointer(text)) || NOBODY)
    return serializePointer(after)
  })
  return after
}

/** Removes the slots of sign-ins that are over. */
async function forget({ remove }: Entries, key: string, { ended }: Pointer): Promise<void> {
  for (const lineage of ended) await remove(`${key}.${lineage}`)
}

/** Moves the pointer away from a sign-in, and removes all that is left of it. */
async function writeEnd(entries: Entries, key: string, end: End, signal: Signal): Promise<void> {
  // Whoever signs in after a sign-out is not meant by it, however late it is written.
  const any = (): boolean => end.any && !signal.aborted
  const move = (was: Pointer): Pointer => endIn(was, { ...end, any: any() })
  const tell = (): Promise<Pointer> => point(entries, key, move)
  // Full storage may refuse the pointer, but it never refuses to forget.
  const told = await tell().catch(() => null)
  const text = told ? null : await entries.get(key)
  const after = told ?? move((text !== null && parsePointer(text)) || NOBODY)
  await forget(entries, key, after)
  //   this context                  another one
  //                                 signs somebody in, whom this one does not hear of
  //   ends the sign-in before       what is kept beside the session is that of the later one
  if (after.current === null) {
    for (const name of LEFT_AT_END) await entries.remove(`${key}.${name}`)
  }
  if (any()) await entries.remove(`${key}.flows`)
  if (!told) await tell().catch(() => (signal.aborted ? undefined : entries.remove(key)))
}

/** Makes the vault of one client. Its calls run one after the other. */
export function createVault<User extends SessionUser>(options: VaultOptions): Vault<User> {
  const { environment, storageKey: key, timeout } = options
  const entries = createEntries(options)
  const slot = (lineage: string): string => `${key}.${lineage}`
  let last: Promise<unknown> = Promise.resolve()
  /** What fails again and again is told once, until it works. */
  const failing = new Set<'reading' | 'writing'>()

  const late = (): AuthError => new AuthError('timeout', 'Storage does not answer.')
  const bound = <T>(work: (signal: Signal) => Promise<T>): Promise<T> =>
    bounded(environment, work, { limit: timeout, late })

  /** Runs work after what came before. @throws AuthError, reported once in a row. */
  function inTurn<T>(kind: 'reading' | 'writing', work: () => Promise<T>): Promise<T> {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn.then(
      (value) => {
        failing.delete(kind)
        return value
      },
      (cause: unknown) => {
        const error =
          cause instanceof AuthError
            ? cause
            : new AuthError('storage', 'Storage failed.', { cause })
        if (failing.size === 0) environment.report(error)
        failing.add(kind)
        throw error
      },
    )
  }

  /**
   * Tries twice: while a rotated token is not saved, a sibling may send the old one. Work that is given
   * up goes on where storage answers in the end: its signal says that others may have written since.
   */
  const attempt = (work: (signal: Signal) => Promise<void>): Promise<boolean> =>
    inTurn('writing', () => bound(work).catch(() => bound(work))).then(
      () => true,
      () => false,
    )

  return {
    read: () => inTurn('reading', () => bound(() => readSession<User>(entries, key))),
    save: (record, ended, savedAt) =>
      attempt(async (signal) => {
        const { lineage } = record
        await entries.set(slot(lineage), serializeRecord(record, savedAt))
        if (!ended) return
        const move = (was: Pointer): Pointer => pointTo(was, lineage, ended, signal.aborted)
        await forget(entries, key, await point(entries, key, move))
      }),
    end: (end) => attempt((signal) => writeEnd(entries, key, end, signal)),
    discard: (lineage) => attempt(() => entries.remove(slot(lineage))),
    readText: (name) => inTurn('reading', () => bound(() => entries.get(`${key}.${name}`))),
    updateText: (name, change) =>
      inTurn('writing', () => bound(() => entries.update(`${key}.${name}`, change))),
  }
}
