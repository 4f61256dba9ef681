import { isLately } from '../shared/lately.js'

/** A value that is fetched when it is needed, once for all who need it together. */
export interface Kept<Value> {
  /** Whether it was fetched lately, or is on its way. */
  isThere(): boolean
  /** @throws what fetching it throws; then the next call fetches again. */
  get(): Promise<Value>
  /** The next call fetches again. */
  drop(): void
}

/** How a value is kept. */
export interface KeptOptions<Value> {
  /** For how many ms. */
  readonly life: number
  /** Milliseconds. */
  readonly now: () => number
  readonly load: () => Promise<Value>
}

/** Keeps a value. It has no timer. */
export function createKept<Value>({ life, now, load }: KeptOptions<Value>): Kept<Value> {
  let kept: { readonly value: Promise<Value>; readonly since: number } | null = null

  const current = (): Promise<Value> | null =>
    kept && isLately(kept.since, life, now()) ? kept.value : null

  function renew(): Promise<Value> {
    const entry = { value: load(), since: now() }
    kept = entry
    entry.value.catch(() => {
      if (kept === entry) kept = null
    })
    return entry.value
  }

  return {
    isThere: () => current() !== null,
    get: () => current() ?? renew(),
    drop() {
      kept = null
    },
  }
}
