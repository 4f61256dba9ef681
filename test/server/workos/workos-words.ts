import { expect } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import type { CookieSession, Desk, Given, Side, SideOptions, Told } from './workos-desk.js'

/**
 * What the versions of `@workos-inc/node` say, and what we say. 7 and 11 are measured here; 8 is as
 * it was measured once (`?`: it was not).
 */
export interface Words {
  readonly v7: string
  readonly v8: string
  readonly v11: string
  readonly ours: string
  /** Why we do not say what their newest says. */
  readonly why?: string
}

/** How a question is put. */
export interface Setting extends SideOptions {
  readonly password?: string
  /** What the key set answers. */
  readonly keys?: () => Given
}

/** All say the same. */
export const same = (words: string): Words => ({ v7: words, v8: words, v11: words, ours: words })

/** What the versions 7, 8 and 11 say. */
export type Theirs = readonly [v7: string, v8: string, v11: string]

/** What changed with version 8. */
export const since8 = (v7: string, v8: string): Theirs => [v7, v8, v8]

/** What changed with version 11, or shortly before. */
export const since11 = (v8: string, v11: string): Theirs => [v8, v8, v11]

/** We say something else than some of them, or than all. */
export function but(theirs: Theirs | string, ours: string, why?: string): Words {
  const [v7, v8, v11] = typeof theirs === 'string' ? since8(theirs, theirs) : theirs
  return { v7, v8, v11, ours, ...(why !== undefined && { why }) }
}

/** A question about a cookie. */
export interface Question extends Setting {
  readonly cookie: string
  ask(session: CookieSession): Promise<Told>
}

/** An outcome in one line. Theirs counts `retryAfter` in seconds, ours in ms. */
async function inWords(ask: () => Promise<Told>): Promise<string> {
  try {
    const { authenticated, reason, retryable, retryAfter } = await ask()
    const after = retryAfter === undefined ? '' : ` after ${retryAfter}`
    return authenticated ? 'ok' : `${reason}${retryable ? `, retry${after}` : ''}`
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { name, message } = error
    const said = isAuthError(error) ? error.code : name === 'Error' ? message : name
    return `throws ${said}`.slice(0, 36)
  }
}

/** Puts the same question to the sides, and holds them to their words. */
export async function compare(
  desk: Desk,
  { v7, v11, ours, why }: Words,
  { ask, cookie, password, keys, ...options }: Question,
): Promise<void> {
  desk.keys = keys ?? null
  const say = (side: Side): Promise<string> =>
    inWords(async () => ask(desk.open(side, cookie, password, options)))
  const said = { v7: await say('v7'), v11: await say('v11'), ours: await say('ours') }
  expect(said).toEqual({ v7, v11, ours })
  expect(why !== undefined, 'why is said where we differ, and only there').toBe(ours !== v11)
}
