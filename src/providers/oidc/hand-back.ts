import { readFields, splitAddress } from '../shared/address.js'
import { asObject, text } from '../shared/json.js'
import type { Carrier } from './begin.js'

/** Where callback pages speak whose opener was cut off; also the name of what is said. */
export const CALLBACK = 'holdfast.callback'

const fieldsOf = (address: string): ReadonlyMap<string, string> =>
  readFields(splitAddress(address).query)

/**
 * The fields of the answer to one sign-in, out of what a page of this origin said; `null` for anything
 * else. Another window's answer, or one that a stranger made up, has another state.
 */
export function answerIn(said: unknown, state: string): ReadonlyMap<string, string> | null {
  const address = text(asObject(said)?.[CALLBACK])
  const fields = address ? fieldsOf(address) : null
  return fields?.get('state') === state ? fields : null
}

/** For which page an address holds an answer; nothing where it is for this one, or holds none. */
function carrierIn(address: string): Carrier | undefined {
  const fields = fieldsOf(address)
  if (!fields.has('code') && !fields.has('error')) return undefined
  const carrier = fields.get('state')?.split('.')[1]
  return carrier === 'popup' || carrier === 'frame' ? carrier : undefined
}

/** The page that waits for it; `null` where none is known. */
function waiting(carrier: Carrier): Window | null {
  const { opener, parent, window } = globalThis
  if (carrier === 'popup') return opener
  return parent === window ? null : parent
}

/** Where pages speak whose opener was cut off; none where the browser has no such, or refuses it. */
export function openChannel(): InstanceType<typeof BroadcastChannel> | null {
  try {
    return new BroadcastChannel(CALLBACK)
  } catch {
    return null
  }
}

/** Tells the page that waits. `false` where there is none, or no way to tell it. */
function tell(carrier: Carrier, { href, origin }: Location): boolean {
  const said = { [CALLBACK]: href }
  const to = waiting(carrier)
  if (to) {
    // To this origin alone: whoever else opened the page hears nothing.
    to.postMessage(said, origin)
    return true
  }
  // The server's Cross-Origin-Opener-Policy has cut the two windows apart. A code is worth nothing
  // without its verifier, which only the page has that began.
  const channel = carrier === 'popup' ? openChannel() : null
  channel?.postMessage(said)
  channel?.close()
  return channel !== null
}

/**
 * For the page of the redirect URI: hands its address to the page that began the sign-in, where that was
 * one in a popup or in a frame, and closes the window. Tells whether it did; else, as after a redirect,
 * the answer is for `handleRedirect`. So it is in a tab that no page has opened. Never throws.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 * import { handBack } from 'holdfast/providers/oidc/popup' // or /silent
 *
 * const redirectUri = 'https://app.example/callback'
 * const provider = oidc({ issuer: 'https://id.example', clientId: 'my-app', redirectUri })
 * const auth = new AuthClient({ provider })
 * if (!handBack()) await auth.actions.handleRedirect() // on the page of `redirectUri`
 * ```
 */
export function handBack(): boolean {
  // A page without an origin of its own can tell nobody.
  if (!globalThis.document || location.origin === 'null') return false
  const carrier = carrierIn(location.href)
  if (!carrier || !tell(carrier, location)) return false
  if (carrier === 'frame') return true
  close()
  // Browsers close no window that somebody has opened by a link: there nobody waits, and the page stays.
  return closed || !!opener
}
