import { bounded } from './bounded.js'
import { AuthError } from './errors.js'
import type { Awaitable, Environment, Storage } from './ports.js'
import {
  parseRecord,
  parseVersioned,
  type SessionRecord,
  type SessionUser,
  serializeRecord,
} from './session.js'
import type { Observation } from './state.js'

/**
 * The one place that knows how a session lies in storage.
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
   * Writes a record. With a list of lineages that are `over`, its own becomes the current one, and
   * nothing is left of those or of the one before. Reports failures.
   */
  save(record: SessionRecord<User>, over: readonly string[] | null): Promise<boolean>
  /** Ends `lineage`, and if `any` whatever else is current. Reports failures. */
  end(lineage: string | null, any: boolean): Promise<boolean>
  /** Removes the slot of a lineage that is no longer wanted. */
  discard(lineage: string): Promise<void>
  /** The text kept beside the session under `name`. */
  readText(name: string): Promise<string | null>
  /** Changes that text, in one step where storage can. */
  updateText(name: string, change: (text: string | null) => string | null): Promise<void>
}

/** What a vault is made of. `timeout` bounds each call to storage, in ms. */
export interface VaultOptions {
  readonly environment: Environment
  readonly storage: Storage
  readonly storageKey: string
  readonly timeout: number
}

interface Pointer {
  readonly id: string | null
  readonly ended: readonly string[]
}

/** How many ended lineages are remembered: enough for every context to have heard of one. */
const MEMORY = 8

const distinct = (ids: readonly (string | null)[]): string[] =>
  [...new Set(ids)].filter((id) => id !== null)

function parsePointer(text: string): Pointer | null {
  const { id, ended } = parseVersioned(text) ?? {}
  if (id !== null && typeof id !== 'string') return null
  return Array.isArray(ended) ? { id, ended: ended.filter((e) => typeof e === 'string') } : null
}

/** Makes the vault of one client. Its calls run one after the other. */
export function createVault<User extends SessionUser>(options: VaultOptions): Vault<User> {
  const { environment, storage, storageKey: key, timeout } = options
  const slot = (lineage: string): string => `${key}.${lineage}`
  let last: Promise<unknown> = Promise.resolve()

  const call = <T>(work: () => Awaitable<T>): Promise<T> =>
    bounded(environment, work, {
      limit: timeout,
      late: () => new AuthError('timeout', 'Storage does not answer.'),
    })
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn.catch((error) => {
      throw error instanceof AuthError
        ? error
        : new AuthError('storage', 'Storage failed.', { cause: error })
    })
  }
  /** Tries twice: while a rotated token is not saved, a sibling may send the old one. */
  const attempt = async (work: () => Promise<void>): Promise<boolean> => {
    const failure = await inTurn(() => work().catch(work)).catch((error: unknown) => ({ error }))
    if (failure) environment.report(failure.error)
    return !failure
  }
  const get = (name: string): Promise<string | null> => call(() => storage.get(name))
  const set = (name: string, text: string): Promise<void> => call(() => storage.set(name, text))
  const remove = (name: string): Promise<void> => call(() => storage.remove(name))

  /** Changes an entry in one step where storage can. */
  async function update(name: string, edit: (text: string | null) => string | null): Promise<void> {
    if (storage.update) {
      await call(async () => storage.update?.(name, edit))
      return
    }
    const text = edit(await get(name))
    if (text === null) await remove(name)
    else await set(name, text)
  }

  /** Unreadable text may be worth something to a newer version or a person: it is set aside. */
  async function setAside(name: string, text: string): Promise<Observation<User>> {
    await set(`${key}.unreadable`, text)
    await remove(name)
    return { kind: 'unreadable' }
  }

  /** Changes the pointer in one step where storage can; resolves to the lineages that are over. */
  async function point(change: (before: Pointer) => Pointer): Promise<readonly string[]> {
    let ended: readonly string[] = []
    const edit = (text: string | null): string => {
      const after = change((text !== null && parsePointer(text)) || { id: null, ended: [] })
      ended = after.ended
      return JSON.stringify({ v: 1, id: after.id, ended: ended.slice(-MEMORY) })
    }
    await update(key, edit)
    return ended
  }

  async function current(): Promise<string | null> {
    const text = await get(key)
    return (text && parsePointer(text)?.id) || null
  }

  /** Nothing is left of lineages that are over. */
  async function forget(lineages: readonly string[]): Promise<void> {
    for (const lineage of lineages) await remove(slot(lineage))
  }

  async function read(): Promise<Observation<User>> {
    const text = await get(key)
    if (text === null) return { kind: 'absent' }
    const pointer = parsePointer(text)
    if (!pointer) return setAside(key, text)
    const { id, ended } = pointer
    if (id === null) return { kind: 'signed-out', ended }
    const content = await get(slot(id))
    // A sibling that ends the lineage between the two reads moves the pointer first.
    if (content === null) return (await get(key)) === text ? { kind: 'unreadable' } : read()
    const record = parseRecord<User>(content)
    return record?.lineage === id ? { kind: 'session', record } : setAside(slot(id), content)
  }

  return {
    read: () => inTurn(read),
    save: (record, over) =>
      attempt(async () => {
        const { lineage } = record
        await set(slot(lineage), serializeRecord(record))
        if (!over) return
        await forget(
          await point(({ id, ended }) => ({
            id: lineage,
            ended: distinct([...ended, ...over, id]).filter((old) => old !== lineage),
          })),
        )
      }),
    end: (lineage, any) =>
      attempt(async () => {
        const tell = (): Promise<readonly string[]> =>
          point(({ id, ended }) => {
            const current = any || id === lineage
            const over = distinct([...ended, current ? id : null, lineage])
            return { id: current ? null : id, ended: over }
          })
        // Full storage may refuse the pointer, but it never refuses to forget.
        const told = await tell().catch(() => null)
        await forget(told ?? distinct([lineage, any ? await current() : null]))
        if (!told) await tell().catch(() => remove(key))
      }),
    discard: (lineage) => attempt(() => remove(slot(lineage))).then(() => {}),
    readText: (name) => inTurn(() => get(`${key}.${name}`)),
    updateText: (name, change) => inTurn(() => update(`${key}.${name}`, change)),
  }
}
