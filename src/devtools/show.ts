import { documentHere } from '../environment/page.js'
import { elementHere } from './element.js'
import { toSource } from './source.js'
import type { DevtoolsOptions, InspectedClient } from './types.js'

/**
 * Shows what a client does, in a panel at the edge of the page: its state, what is due, how it bears with
 * a server in trouble, what it stores, and what happens in all tabs. No token is shown, or in the page.
 * Several clients share one panel. Returns the way to stop, which the app calls when it disposes of the
 * client. On servers it does nothing, and in production builds it is not there.
 * @throws Error when the page has an element `<holdfast-devtools>` that is none of ours.
 * @example
 * ```ts
 * import { AuthClient, webStorage } from 'holdfast'
 * import { showDevtools } from 'holdfast/devtools'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const options = {
 *   provider: gotrue({ url: 'https://project.example/auth/v1' }),
 *   storage: webStorage(),
 * }
 * const auth = new AuthClient(options)
 * const stop = showDevtools(auth, { options })
 * ```
 */
export function showDevtools(auth: InspectedClient, options: DevtoolsOptions = {}): () => void {
  if (!documentHere()) return () => {}
  const { buttonPosition = 'bottom-right', initialIsOpen = false } = options
  return elementHere().add(toSource(auth, options), {
    corner: buttonPosition,
    isOpen: initialIsOpen,
  })
}
