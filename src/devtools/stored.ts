import { bounded } from '../core/bounded.js'
import { AuthError } from '../core/errors.js'
import { type Patience, parsePatience } from '../core/patience.js'
import { parsePointer } from '../core/pointer.js'
import { isObject, parseRecord, parseVersioned, type SessionRecord } from '../core/record.js'
import { textOf } from '../core/stored.js'
import { parseUse, type Use } from '../timeouts/use.js'
import type { Source } from './source.js'

/** What an entry of storage is for. */
export type EntryKind =
  | 'pointer'
  | 'session'
  | 'ended session'
  | 'patience'
  | 'use'
  | 'redirects'
  | 'unreadable session'
  | 'lease'

/** What may be shown of an entry: never its text. */
export interface StoredEntry {
  readonly key: string
  readonly kind: EntryKind
  /** Bytes of its text in UTF-8. */
  readonly size: number
  /** When it was written, in ms since the epoch by its writer's clock; `null` where it does not say. */
  readonly writtenAt: number | null
  /** Whether it is what entries of its kind are. */
  readonly isReadable: boolean
}

/** What storage says of a session. `record` holds tokens, and is for calculations only. */
export interface Stored {
  readonly entries: readonly StoredEntry[]
  readonly record: SessionRecord | null
  readonly patience: Patience | null
  readonly use: Use | null
}

/** How long one look at storage may take, in ms: the panel is not to wait for what hangs. */
const LIMIT = 2_000

const NOTHING: Stored = { entries: [], record: null, patience: null, use: null }

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

const timeIn = (text: string, name: string): number | null => {
  const time = parseVersioned(text)?.[name]
  return typeof time === 'number' && Number.isFinite(time) ? time : null
}

/** When the newest of the redirects under way was begun. */
function newestFlow(text: string): number | null {
  const flows = parseVersioned(text)?.flows
  const times = Array.isArray(flows) ? flows.filter(isObject).map(({ at }) => at) : []
  return times.filter((at) => typeof at === 'number').sort((a, b) => b - a)[0] ?? null
}

/** What a kind of entry says of itself. */
interface Reading {
  readonly writtenAt: number | null
  readonly isReadable: boolean
}

const versioned = (text: string, writtenAt: number | null): Reading => ({
  writtenAt,
  isReadable: parseVersioned(text) !== null,
})

const READINGS: Readonly<Record<EntryKind, (text: string) => Reading>> = {
  pointer: (text) => ({ writtenAt: null, isReadable: parsePointer(text) !== null }),
  session: (text) => {
    const stored = parseRecord(text)
    return { writtenAt: stored?.savedAt ?? null, isReadable: stored !== null }
  },
  'ended session': (text) => READINGS.session(text),
  patience: (text) => versioned(text, timeIn(text, 'at')),
  use: (text) => versioned(text, timeIn(text, 'usedAt')),
  redirects: (text) => versioned(text, newestFlow(text)),
  'unreadable session': () => ({ writtenAt: null, isReadable: false }),
  lease: () => ({ writtenAt: null, isReadable: true }),
}

/** The keys under which a client may have something, and what for. `vault.ts` has the same layout. */
function placesOf(key: string, pointer: ReturnType<typeof parsePointer>): [string, EntryKind][] {
  const { current = null, ended = [] } = pointer ?? {}
  return [
    [key, 'pointer'],
    ...(current === null ? [] : [[`${key}.${current}`, 'session'] satisfies [string, EntryKind]]),
    ...ended.map((old): [string, EntryKind] => [`${key}.${old}`, 'ended session']),
    [`${key}.patience`, 'patience'],
    [`${key}.timeouts`, 'use'],
    [`${key}.flows`, 'redirects'],
    [`${key}.unreadable`, 'unreadable session'],
    [`holdfast:${key}`, 'lease'],
  ]
}

/**
 * Reads what lies in storage, through the port that the client uses.
 * @throws whatever storage throws; AuthError `timeout` when it does not answer in 2 s.
 */
export async function readStored({ place, environment }: Source): Promise<Stored> {
  if (!place) return NOTHING
  const { storage, key } = place
  const read = async (name: string): Promise<string | null> => textOf(await storage.get(name))
  const late = (): AuthError => new AuthError('timeout', 'Storage does not answer.')
  const texts = await bounded(
    environment,
    async () => {
      const pointer = await read(key)
      const places = placesOf(key, pointer === null ? null : parsePointer(pointer))
      return Promise.all(
        places.map(async ([name, kind]) => ({ key: name, kind, text: await read(name) })),
      )
    },
    { limit: LIMIT, late },
  )
  return understand(texts, environment.clock)
}

interface Found {
  readonly key: string
  readonly kind: EntryKind
  readonly text: string | null
}

function understand(found: readonly Found[], clock: Source['environment']['clock']): Stored {
  const textOfKind = (wanted: EntryKind): string =>
    found.find(({ kind }) => kind === wanted)?.text ?? ''
  const record = parseRecord(textOfKind('session'))?.record ?? null
  const now = { wall: clock.now(), monotonic: clock.monotonic(), asked: false }
  const use = parseUse(textOfKind('use'))
  return {
    entries: found.flatMap(({ key, kind, text }) =>
      text === null ? [] : [{ key, kind, size: bytesOf(text), ...READINGS[kind](text) }],
    ),
    record,
    patience: record && parsePatience(textOfKind('patience'), record, { now, sinceLook: Infinity }),
    use: use && use.lineage === record?.lineage ? use : null,
  }
}

/** Removes all that lies in storage, as a person does who clears the data of a site. */
export async function clearStored(source: Source): Promise<void> {
  const { entries } = await readStored(source)
  for (const { key } of entries) await source.place?.storage.remove(key)
}
