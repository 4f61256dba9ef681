import { AuthError } from '../core/errors.js'
import { needMethods } from './app-ports.js'

/** The part of React Native's `Linking` that is used. */
export interface LinkingSource {
  /** The link that started the app. */
  getInitialURL(): Promise<string | null>
  addEventListener(
    type: 'url',
    listener: (event: { readonly url: string }) => void,
  ): { remove(): void }
}

/** The link that started an app is told for as long as it runs, to everybody who begins to listen. */
const taken = new WeakMap<LinkingSource, string>()

/** An address without its query and fragment, and without a slash at its end, which Android adds. */
const placeOf = (url: string): string => {
  const [place = ''] = url.split(/[?#]/, 1)
  return place.endsWith('/') ? place.slice(0, -1) : place
}

/**
 * Calls `listener` with each link that leads to `redirectTo`, such as `com.example.app:/callback`, where sign-ins
 * end: also with the one that started the app, once. Links to anywhere else are not for it. Pass them on to
 * `auth.actions.handleRedirect({ url })`. Returns the way to stop.
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
  let stopped = false
  const hear = (url: string | null): void => {
    if (stopped || typeof url !== 'string' || placeOf(url) !== placeOf(redirectTo)) return
    taken.set(Linking, url)
    listener(url)
  }
  const subscription = Linking.addEventListener('url', ({ url }) => hear(url))
  Linking.getInitialURL().then(
    (url) => taken.get(Linking) === url || hear(url),
    // A system that cannot tell what started the app tells of the links that follow.
    () => {},
  )
  return () => {
    stopped = true
    subscription.remove()
  }
}
