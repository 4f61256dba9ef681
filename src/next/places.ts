import { createSites } from '../server/backend/sites.js'
import { fail, needUrl } from './environment.js'

/** Reads a header of a request. */
export type ReadHeader = (name: string) => string | null

/** Where an app is, as browsers know it. Next gives requests an address of its own. */
export interface NextPlaces {
  /** The paths of the callbacks. */
  readonly callbacks: readonly string[]
  /** Whether browsers come by `https:`. */
  readonly secure: boolean
  /** The origin that a request was sent to; `null` for another one than those of the `redirectUris`. */
  originOf(header: ReadHeader): string | null
}

/** What says where an app is. */
export interface PlaceOptions {
  readonly origin?: string | undefined
  readonly redirectUri?: string | undefined
  readonly redirectUris?: readonly string[] | undefined
}

const HOSTS = ['X-Forwarded-Host', 'Host']

function severalOrigins(redirectUris: readonly string[]): NextPlaces {
  if (!Array.isArray(redirectUris)) fail('`redirectUris` is a list of addresses.')
  const given = redirectUris.map((text) => ({ text, url: needUrl(text, '`redirectUris`') }))
  const { callbacks, secure, addressOf } = createSites(given)
  return {
    callbacks,
    secure,
    originOf(header) {
      const headers = HOSTS.flatMap((name): [string, string][] => {
        const value = header(name)
        return value === null ? [] : [[name, value]]
      })
      return addressOf(new Request('http://next.invalid/', { headers }))?.origin ?? null
    },
  }
}

/** The same. @throws AuthError `invalid_argument` for another one. */
export const needOrigin = (places: NextPlaces, header: ReadHeader): string =>
  places.originOf(header) ?? fail('The request is for another host than those of `redirectUris`.')

/** Reads where an app is. @throws AuthError `invalid_argument` that names what is missing or wrong. */
export function readPlaces({ origin, redirectUri, redirectUris }: PlaceOptions): NextPlaces {
  if (redirectUris !== undefined) return severalOrigins(redirectUris)
  const back = redirectUri === undefined ? null : needUrl(redirectUri, '`redirectUri`')
  const own =
    origin ??
    back?.origin ??
    fail('Pass `origin`, such as `https://app.example`, or `redirectUri`.')
  const { protocol } = needUrl(own, '`origin`')
  return {
    callbacks: back ? [back.pathname] : [],
    secure: protocol === 'https:',
    originOf: () => own,
  }
}
