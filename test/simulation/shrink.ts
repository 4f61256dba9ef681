/** How much work a shrink may cost. */
export interface Limits {
  /** How many lists are tried. */
  readonly reruns: number
  /** How long to try, in ms of real time. */
  readonly ms: number
}

/** The shortest and tamest list found, and how many lists were tried for it. */
export interface Shrunk {
  readonly list: readonly number[]
  readonly reruns: number
}

type List = readonly number[]
type Fails = (list: List) => Promise<boolean>

/** The list without the zeros at its end: a list that has ended means zeros. */
export function trimmed(list: List): List {
  let end = list.length
  while (end > 0 && list[end - 1] === 0) end--
  return list.slice(0, end)
}

/** Ways to make a block of a list simpler. */
const zeroed = (list: List, at: number, size: number): List =>
  list.map((choice, i) => (i >= at && i < at + size ? 0 : choice))
const deleted = (list: List, at: number, size: number): List => [
  ...list.slice(0, at),
  ...list.slice(at + size),
]

/** The sizes of blocks to try: half of the list, then half of that, down to one. */
function* sizes(length: number): Generator<number> {
  for (let size = Math.ceil(length / 2); size > 1; size = Math.ceil(size / 2)) yield size
  if (length > 0) yield 1
}

/** Keeps the simplest list that still fails. */
function search(start: List, fails: Fails, limits: Limits) {
  const until = performance.now() + limits.ms
  let best = trimmed(start)
  const tried = new Set([choicesText(best)])
  let reruns = 0
  const spent = (): boolean => reruns >= limits.reruns || performance.now() >= until
  return {
    best: () => best,
    reruns: () => reruns,
    spent,
    /** Takes the candidate, which must not be harder, if it still fails. */
    async offer(candidate: List): Promise<boolean> {
      const list = trimmed(candidate)
      if (spent()) return false
      // Whichever zero of many is deleted, it is the same list.
      const text = choicesText(list)
      if (tried.has(text)) return false
      tried.add(text)
      reruns++
      if (!(await fails(list))) return false
      best = list
      return true
    },
  }
}

type Search = ReturnType<typeof search>

async function dropTail({ best, offer }: Search): Promise<void> {
  for (const size of sizes(best().length)) {
    while (best().length > size && (await offer(best().slice(0, -size))));
  }
}

async function simplifyBlocks(
  { best, offer, spent }: Search,
  simpler: (list: List, at: number, size: number) => List,
): Promise<void> {
  for (const size of sizes(best().length)) {
    for (let at = 0; at < best().length && !spent(); ) {
      const length = best().length
      // A deletion moves the next block to the same place.
      const taken = await offer(simpler(best(), at, size))
      if (!taken || best().length === length) at += size
    }
  }
}

async function lowerValues({ best, offer, spent }: Search): Promise<void> {
  for (let at = 0; at < best().length && !spent(); at++) {
    let low = 1
    // Lists fail or not in no order; halving the distance still finds a smaller value soon.
    for (let value = best()[at] ?? 0; low < value; ) {
      const middle = Math.floor((low + value) / 2)
      const taken = await offer(best().map((choice, i) => (i === at ? middle : choice)))
      if (taken) value = middle
      else low = middle + 1
    }
  }
}

/**
 * Makes a failing list of choices shorter and tamer as long as it fails. The result fails, is never
 * longer than the list, and is the same each time unless the time runs out first. Throws when the
 * list does not fail to begin with.
 */
export async function shrink(list: List, fails: Fails, limits: Limits): Promise<Shrunk> {
  if (!(await fails(list))) throw new Error('The choices to shrink do not fail.')
  const state = search(list, fails, limits)
  for (let before: List | null = null; before !== state.best() && !state.spent(); ) {
    before = state.best()
    await dropTail(state)
    await simplifyBlocks(state, zeroed)
    await simplifyBlocks(state, deleted)
    await lowerValues(state)
  }
  return { list: state.best(), reruns: state.reruns() }
}

/** The list as text: `3,0*12,7` is a 3, twelve zeros and a 7. */
export function choicesText(list: List): string {
  const parts: string[] = []
  for (let at = 0; at < list.length; ) {
    const choice = list[at]
    let end = at
    while (end < list.length && list[end] === choice) end++
    const times = end - at
    parts.push(times > 2 ? `${choice}*${times}` : Array(times).fill(choice).join())
    at = end
  }
  return parts.join()
}

/** Reads such a text. Throws when it is none. */
export function choicesOf(text: string): number[] {
  if (text.trim() === '') return []
  return text.split(',').flatMap((part) => {
    const [, choice, times = '1'] = /^\s*(\d+)(?:\*(\d+))?\s*$/.exec(part) ?? []
    if (choice === undefined) throw new Error(`'${part}' is no choice: a list reads 3,0*12,7.`)
    return Array<number>(Number(times)).fill(Number(choice))
  })
}
