/** Where a value lies: the names and indices that lead to it. */
type Path = readonly (string | number)[]

/** Where a value lies in a user, and where the same lies in the claims of the access token. */
export type TokenCopy = readonly [user: Path, claims: Path]

type Fields = Readonly<Record<string, unknown>>

/** Shorter values take less room than to say where they are, in characters of JSON. */
const LONG = 64
/** How deep copies are looked for: at each level all that lies beneath is written out. */
const DEEPEST = 8
/** The most copies: each costs a look at all fields beside it. */
const MOST = 100

const isBranch = (value: unknown): value is Fields | readonly unknown[] =>
  typeof value === 'object' && value !== null

/** The members of an object or a list, with a path to each; none where that lies too deep. */
const membersOf = (value: unknown, path: Path): (readonly [unknown, Path])[] => {
  if (path.length === DEEPEST) return []
  if (Array.isArray(value)) return value.map((item, index) => [item, [...path, index]] as const)
  if (!isBranch(value)) return []
  return Object.entries(value).map(([name, item]) => [item, [...path, name]] as const)
}

/** The JSON of a value; nothing for what is nested too deep for it: some thousand levels. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

/** All long values beneath `value` by their JSON, with a path to each. */
function longValues(value: unknown, path: Path, found = new Map<string, Path>()) {
  for (const [member, at] of membersOf(value, path)) {
    const json = jsonOf(member)
    if (json.length <= LONG) continue
    found.set(json, at)
    longValues(member, at, found)
  }
  return found
}

/** A copy of `value` without the parts at these paths; in lists `null` takes their place. */
function without(value: unknown, paths: readonly Path[]): unknown {
  const drop = (name: string | number): boolean =>
    paths.some((path) => path.length === 1 && path[0] === name)
  const inner = (name: string | number, item: unknown): unknown =>
    without(
      item,
      paths.filter((path) => path.length > 1 && path[0] === name).map(([, ...rest]) => rest),
    )
  if (paths.length === 0) return value
  if (Array.isArray(value)) return value.map((item, at) => (drop(at) ? null : inner(at, item)))
  if (!isBranch(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !drop(name))
      .map(([name, item]) => [name, inner(name, item)]),
  )
}

/**
 * Finds what a user holds of long values that the claims hold as well, such as GoTrue's metadata,
 * which is in its tokens and in each identity: a seal of all would hold it three times.
 * @returns the user without them, and where they were.
 */
export function withoutCopies(
  user: Fields,
  claims: Fields,
): { readonly user: unknown; readonly copies: readonly TokenCopy[] } {
  const known = longValues(claims, [])
  const copies: TokenCopy[] = []
  const look = (value: unknown, path: Path): void => {
    for (const [member, at] of membersOf(value, path)) {
      const json = jsonOf(member)
      const claim = json.length > LONG ? known.get(json) : undefined
      if (copies.length === MOST) return
      if (claim) copies.push([at, claim])
      else look(member, at)
    }
  }
  look(user, [])
  const paths = copies.map(([at]) => at)
  return { user: without(user, paths), copies }
}

const isPath = (value: unknown): value is Path =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((part) => typeof part === 'string' || Number.isSafeInteger(part))

function valueAt(value: unknown, path: Path): unknown {
  let found = value
  for (const part of path) {
    if (!isBranch(found) || !Object.hasOwn(found, part)) return undefined
    found = Reflect.get(found, part)
  }
  return found
}

/** A copy of `value` with `part` at a path that leads through what is there. */
function put(value: unknown, [first, ...rest]: Path, part: unknown): unknown {
  if (first === undefined) return part
  if (!isBranch(value)) return value
  const inner = put(Object.hasOwn(value, first) ? Reflect.get(value, first) : {}, rest, part)
  if (Array.isArray(value)) return value.map((item, at) => (at === first ? inner : item))
  return Object.fromEntries([
    ...Object.entries(value).filter(([name]) => name !== first),
    [`${first}`, inner],
  ])
}

/** Puts back what `withoutCopies` left to the claims. What does not fit is left out. */
export function withCopies(user: unknown, copies: unknown, claims: Fields): unknown {
  let whole = user
  for (const copy of Array.isArray(copies) ? copies : []) {
    const [at, claim]: readonly unknown[] = Array.isArray(copy) ? copy : []
    const part = isPath(at) && isPath(claim) ? valueAt(claims, claim) : undefined
    if (isPath(at) && part !== undefined) whole = put(whole, at, part)
  }
  return whole
}
