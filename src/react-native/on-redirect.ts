import { AuthError } from '../core/errors.js'
import { needMethods } from './app-ports.js'

/** The part of React Native's `Linking` that is used. */
export interface LinkingSource {
  /** The link that started the app. */
  getInitialURL(): Promise<string | null | undefined>
  addEventListener(
    type: 'url',
    listener: (event: { readonly url: string }) => void,
  ): { remove(): void }
}

/**
 * The links that were told. That which started an app `Linking` tells to everybody who begins to listen, for
 * as long as the app runs, and some systems tell it as an event as well.
 */
const told = new WeakMap<LinkingSource, Set<string>>()

/**
 * An address without its query and fragment, and without a slash at its end, which Android adds. Browsers
 * write schemes and hosts in small letters (RFC 3986 §6.2.2.1).
 */
const placeOf = (url: string): string => {
  const [place = ''] = url.split(/[?#]/, 1)
  return place.replace(/\/$/, '').replace(/^[^:]*:(\/\/[^/]*)?/, (start) => start.toLowerCase())
}

/**
 * Calls `listener` with each link that leads to `redirectTo`, such as `com.example.app:/callback`, where sign-ins
 * end: also with the one that started the app, once. Links to anywhere else are not for it. Pass them on to
 * `auth.actions.handleRedirect({ url })`. Returns the way to stop.
 * @example
 * ```ts
 * import { onRedirect } from 'holdfast/react-native'
 * import { Linking } from 'react-native'
 *
 * const stop = onRedirect(Linking, 'com.example.app://callback', async (url) => {
 *   await auth.actions.handleRedirect({ url })
 * })
 * ```
 * @throws AuthError `invalid_argument` for what is no `Linking`, and without a `redirectTo`.
 */
export function onRedirect(
  Linking: LinkingSource,
  redirectTo: string,
  listener: (url: string) => unknown,
): () => void {
  needMethods(Linking, ['getInitialURL', 'addEventListener'], 'Pass the Linking of react-native.')
  if (!/^[a-z][a-z\d+.-]*:./i.test(redirectTo)) {
    throw new AuthError('invalid_argument', '`redirectTo` is an absolute URL, with its scheme.')
  }
  const known = told.get(Linking) ?? new Set()
  told.set(Linking, known)
  let stopped = false
  const hear = (url: string | null | undefined): void => {
    if (stopped || typeof url !== 'string' || placeOf(url) !== placeOf(redirectTo)) return
    known.add(url)
    listener(url)
  }
  const subscription = Linking.addEventListener('url', ({ url }) => hear(url))
  Linking.getInitialURL().then(
    (url) => known.has(url ?? '') || hear(url),
    // A system that cannot tell what started the app tells of the links that follow.
    () => {},
  )
  return () => {
    stopped = true
    subscription.remove()
  }
}
