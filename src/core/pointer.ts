import { type ErrorNote, fromNote, toNote } from './error-note.js'
import type { AuthError } from './errors.js'
import { isObject, isText, parseVersioned } from './record.js'

/** Which sign-in is current, and which ended lately, the latest last. */
export interface Pointer {
  readonly current: string | null
  readonly ended: readonly string[]
  /** What ended them, where that is known. */
  readonly why: Readonly<Record<string, ErrorNote>>
  /** Whether nobody is current because a person signed out, whoever it was. */
  readonly any?: boolean | undefined
  /** Out of which of them a person signed last: others were replaced, or refused. */
  readonly left?: string | null | undefined
}

/** The pointer of a storage in which nobody has signed in yet. */
export const NOBODY: Pointer = { current: null, ended: [], why: {} }

/** How many ended lineages are remembered: enough for every context to have heard of one. */
export const MEMORY = 8

const distinct = (lineages: readonly (string | null)[]): string[] =>
  [...new Set(lineages)].filter((lineage) => lineage !== null)

/** Reads untrusted text; `null` unless it is a pointer. The names are those that 0.1 wrote. */
export function parsePointer(text: string): Pointer | null {
  const { id, ended, why, any, left } = parseVersioned(text) ?? {}
  if ((id !== null && typeof id !== 'string') || !Array.isArray(ended)) return null
  const notes: [string, ErrorNote][] = []
  for (const [lineage, note] of Object.entries(isObject(why) ? why : {})) {
    const error = fromNote(note)
    if (error) notes.push([lineage, toNote(error)])
  }
  return {
    current: id || null,
    ended: ended.filter(isText),
    why: Object.fromEntries(notes),
    ...(any === true && { any }),
    left: isText(left) ? left : undefined,
  }
}

/** The text of a pointer, with as much of the past as others need. */
export function serializePointer({ current, ended, why, any, left }: Pointer): string {
  const kept = ended.slice(-MEMORY)
  const notes = Object.entries(why).filter(([lineage]) => kept.includes(lineage))
  return JSON.stringify({
    v: 1,
    id: current,
    ended: kept,
    ...(notes.length > 0 && { why: Object.fromEntries(notes) }),
    ...(any && { any }),
    left,
  })
}

/**
 * After a sign-in: `lineage` is current, those of `ended` and the one before are not any more. `late`:
 * nobody waits for it any more; then a later sign-in stays.
 */
export function pointTo(
  before: Pointer,
  lineage: string,
  ended: readonly string[],
  late = false,
): Pointer {
  //   this write                    another one
  //   hangs, and is given up
  //                                 signs somebody in
  //   arrives                       so its lineage is the greater one
  const stays = late && before.current !== null && before.current > lineage
  const [current, replaced] = stays ? [before.current, lineage] : [lineage, before.current]
  return {
    ...before,
    any: false,
    current,
    ended: distinct([...before.ended, ...ended, replaced]).filter((old) => old !== current),
  }
}

/** A sign-in that has ended. */
export interface End {
  /** `null` when nothing is known of whoever is current. */
  readonly lineage: string | null
  /** Whether whoever is current ends as well. */
  readonly any: boolean
  readonly error?: AuthError | undefined
}

/** After an end: nobody is current, unless somebody else is who may stay. */
export function endIn(before: Pointer, { lineage, any, error }: End): Pointer {
  const ends = any || before.current === lineage
  return {
    current: ends ? null : before.current,
    ended: distinct([...before.ended, ends ? before.current : null, lineage]),
    left: any ? (before.current ?? lineage) : before.left,
    why: { ...before.why, ...(error && lineage && { [lineage]: toNote(error) }) },
    any: any || (before.any ?? false),
  }
}

/** What ended the last sign-in, if storage says so. */
export function lastError({ ended, why }: Pointer): AuthError | null {
  const last = ended.at(-1)
  return last === undefined ? null : fromNote(why[last])
}
