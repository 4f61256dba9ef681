import { parseJson } from '../../core/json.js'
import { asObject } from '../../providers/shared/json.js'
import { positive } from '../../providers/shared/jwt.js'
import { nameOf } from './end-names.js'
import type { Opened, SealedCookie } from './opened.js'
import { CLOCKS_APART } from './receipt.js'
import { sealText, unsealText } from './seal.js'
import { isOverLimit, limitsOf, type SessionLimits } from './session-limits.js'

/** What uses of sessions are made of. */
export interface UsesOptions {
  readonly limits: SessionLimits
  /** Milliseconds since the epoch. */
  now(): number
}

/**
 * When sessions were last used, where they end when nobody uses them. That is kept beside the session's
 * cookie, in one of its own, as a late answer that sets it can then undo no refresh:
 *
 *     slow request:  old tokens ───────────────────────────────→ sets "used", and no tokens
 *     other request:            refresh ──→ sets new tokens
 */
export interface Uses {
  /** Whether a session has come to one of its limits. */
  isOver<User extends { readonly id: string }>(
    opened: Opened<User>,
    cookie: SealedCookie,
  ): Promise<boolean>
  /** The cookie that says that a session is used now; `null` where that is known well enough. */
  note<User extends { readonly id: string }>(
    opened: Opened<User>,
    cookie: SealedCookie,
  ): Promise<string | null>
}

/** A use is noted when so much of the idle limit has passed since the last one. */
const PART = 1 / 8

/** Makes what knows of uses. */
export function createUses({ limits, now }: UsesOptions): Uses {
  async function lastUse<User extends { readonly id: string }>(
    opened: Opened<User>,
    { lastUse, password }: SealedCookie,
  ): Promise<number | undefined> {
    const values = lastUse ? [lastUse].flat() : []
    const uses = await Promise.all(
      values.map(async (value) => parseUse(await unsealText(value, password, { now }))),
    )
    const name = await nameOf(opened)
    // One of another session, left in the browser, or planted, says nothing of this.
    const own = uses.flatMap((use) => (use?.session === name ? [use.usedAt] : []))
    const times = [opened.data.usedAt, ...own]
    // What a clock has noted that was set back since must not keep a session until then.
    const known = times.flatMap((at) =>
      at !== undefined && at <= now() + CLOCKS_APART ? [at] : [],
    )
    return known.length > 0 ? Math.max(...known) : undefined
  }

  return {
    async isOver(opened, cookie) {
      const own = limitsOf(opened.data, limits)
      const usedAt = own.idle === undefined ? undefined : await lastUse(opened, cookie)
      return isOverLimit({ startedAt: opened.data.startedAt, usedAt }, own, now())
    },
    async note(opened, cookie) {
      const { idle } = limitsOf(opened.data, limits)
      if (idle === undefined) return null
      const usedAt = await lastUse(opened, cookie)
      // Not `isLately`: what another server's clock says, a moment ahead of this one, would be noted at each request.
      if (usedAt !== undefined && Math.abs(now() - usedAt) < idle * PART) return null
      const use = { session: await nameOf(opened), usedAt: now() }
      return sealText(JSON.stringify(use), cookie.password, { now })
    },
  }
}

function parseUse(
  json: string | null,
): { readonly session: string; readonly usedAt: number } | null {
  if (json === null) return null
  try {
    const { session, usedAt } = asObject(parseJson(json)) ?? {}
    const time = positive(usedAt)
    return typeof session === 'string' && time !== undefined ? { session, usedAt: time } : null
  } catch {
    return null
  }
}
