import type { ActionHost, Flow } from '../../core/provider.js'
import { asObject, text } from '../shared/json.js'
import { holdsNo } from './wire.js'

/** Where secrets of redirects are kept. */
type Keeper = Pick<ActionHost, 'saveFlow' | 'removeFlow'>

/**
 * Asks the server where to send the person, and keeps the secret for when they come back.
 * @throws AuthError `bad_response` for an answer without the address of a page
 */
export async function beginRedirect(
  keeper: Keeper,
  flow: Flow,
  ask: () => Promise<unknown>,
): Promise<string> {
  // Before the request: what a sign-out meanwhile has to remove must be there.
  await keeper.saveFlow(flow)
  try {
    const address = text(asObject(await ask())?.url)
    // Whoever navigates to it must not run a script of it.
    return address && /^https?:\/\//i.test(address) ? address : holdsNo('address')
  } catch (error) {
    await keeper.removeFlow(flow).catch(() => {})
    throw error
  }
}
