import type { ScriptedSuperTokensCore } from '../../src/testing/supertokens/index.js'
import type { Scene, Story } from './supertokens-desk.js'
import { REFRESH, type Visitor } from './supertokens-visitor.js'

/** Puts another token in the place of one. */
export function hold(visitor: Visitor, held: Partial<Visitor['held']>): Visitor {
  visitor.held = { ...visitor.held, ...held }
  return visitor
}

/** The visitor, who has nothing. */
export function forgetful({ visitor }: Scene): Visitor {
  visitor.held = {}
  return visitor
}

/** Ends all sessions, as an administrator does. */
export function evictAll(core: ScriptedSuperTokensCore): void {
  for (const { handle } of core.sessions()) core.endSession(handle)
}

/** An access token that says to be of somebody else. */
export function tampered(access = ''): string {
  const [header, payload = '', signature] = access.split('.')
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const changed = JSON.stringify({ ...Object(claims), sub: 'eve' })
  return [header, Buffer.from(changed).toString('base64url'), signature].join('.')
}

/** A request with these very cookies. */
export const getWith =
  (cookies: (access: string) => string): Story =>
  ({ visitor }) =>
    visitor.ask('GET', '/me', { Cookie: cookies(visitor.held.access ?? '') })

/** A refresh with these very cookies. */
export const refreshWith =
  (cookies: (refresh: string, raw: string) => string): Story =>
  ({ visitor }) => {
    const { refresh = '' } = visitor.held
    return visitor.ask('POST', REFRESH, { Cookie: cookies(encodeURIComponent(refresh), refresh) })
  }
