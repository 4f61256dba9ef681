import { parseJson } from '../../core/json.js'
import type { Storage } from '../../core/ports.js'
import type { Grant } from '../../core/session.js'
import { asObject, text } from '../shared/json.js'
import { readClaims } from '../shared/jwt.js'
import { invalid } from '../shared/url.js'
import { type Fields, fieldsOf } from './fields.js'
import { toGrant } from './grants.js'
import { toUser } from './id-token.js'
import { isSealed, unsealed } from './msal-cache.js'
import type { OidcUser } from './types.js'

/** What `takeOver` takes, for sessions of one library. */
export interface OidcTakeOver {
  readonly key: string
  readonly storage: Storage
  parse(text: string, now: number): Grant<OidcUser> | null
}

/** Where the other library keeps sessions. */
export interface OidcTakeOverArea {
  /** Its `userStore`, `storage` or `cacheLocation`. @default 'session' */
  readonly area?: 'local' | 'session' | undefined
}

/** Entries of a storage, read. */
type Entries = readonly (readonly [key: string, fields: Fields])[]

/** One session as it was left, by the names of OAuth; `at`: when its token dies, in s. */
interface Left extends Fields {
  readonly at: unknown
}

/** How the sessions of a library are found. */
interface Library {
  readonly area: 'local' | 'session'
  /** Names that must be given. */
  readonly names: readonly unknown[]
  isMine(key: string, value: string): boolean
  /** The text of what a storage holds, as `parse` gets it: JSON of it, if nothing has to be done first. */
  toText?(entries: readonly (readonly [key: string, value: string])[]): string | Promise<string>
  read(entries: Entries): readonly Left[]
}

const when = ({ at }: Left): number => Number(at) || 0

/** Of several, the one that can be refreshed, and of those the newest. */
const better = (a: Left, b: Left): number =>
  Number(!text(a.refresh_token)) - Number(!text(b.refresh_token)) || when(b) - when(a)

/** A session out of what was left; a dead token gets a moment to live, so that it is refreshed at once. */
function toSession(found: readonly Left[], now: number): Grant<OidcUser> | null {
  const usable = found.filter(
    ({ access_token, token_type }) =>
      // One that is bound to a key is worth nothing without it.
      text(access_token) && /^bearer$/i.test(text(token_type) ?? 'bearer'),
  )
  const [best, other] = [...usable].sort(better)
  if (!best) return null
  const { access_token, refresh_token, id_token, scope } = best
  // Of tokens for several APIs nobody knows which one is the session's own: it is asked for anew.
  const left = other ? 0 : when(best) - now / 1000
  if (left <= 0 && !text(refresh_token)) return null
  const claims = asObject(best.claims) ?? readClaims(text(id_token) ?? '')
  const expires_in = Math.max(left, 0.001)
  return toGrant(
    { body: { access_token, refresh_token, id_token, scope, expires_in } },
    {
      claims,
      user: claims ? toUser(claims) : undefined,
      kept: { subject: text(claims?.sub) },
      session: null,
    },
  )
}

function from({ area, names, isMine, toText = JSON.stringify, read }: Library): OidcTakeOver {
  if (!names.every(text)) invalid('Pass the names by which the other library keeps its session.')
  /** Looked up at each call: a mere look throws where the user blocks storage. */
  const stored = (): globalThis.Storage | undefined => globalThis[`${area}Storage`]
  const mine = (): [string, string][] =>
    Object.entries<string>({ ...stored() }).filter(([key, value]) => isMine(key, value))
  return {
    key: names.join(),
    storage: {
      get: () => toText(mine()),
      set() {},
      remove() {
        for (const [key] of mine()) stored()?.removeItem(key)
      },
    },
    parse(given, now) {
      try {
        const list: unknown = parseJson(given)
        const pairs = Array.isArray(list) ? list : []
        return toSession(read(pairs.map(([key, value]) => [String(key), fieldsOf(value)])), now)
      } catch {
        return null
      }
    },
  }
}

/**
 * A session that oidc-client-ts 2 or 3 left, by the names it was configured with.
 * @example
 * ```ts
 * import { AuthClient, takeOver } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 * import { oidcClientTs } from 'holdfast/providers/oidc/take-over'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({
 *   provider: oidc({ ...own, issuer: 'https://id.example' }),
 *   takeOver: takeOver(oidcClientTs({ authority: 'https://id.example', clientId: 'my-app' })),
 * })
 * ```
 * @throws AuthError `invalid_argument` without them.
 */
export function oidcClientTs(
  options: OidcTakeOverArea & { readonly authority: string; readonly clientId: string },
): OidcTakeOver {
  const { authority, clientId, area = 'session' } = { ...options }
  return from({
    area,
    names: [authority, clientId],
    isMine: (key) => key === `oidc.user:${authority}:${clientId}`,
    read: (entries) =>
      entries.map(([, fields]) => ({ ...fields, claims: fields.profile, at: fields.expires_at })),
  })
}

/**
 * A session that \@axa-fr/oidc-client 7 left, by the name of its configuration (`default` where it had
 * none). What its service worker holds is out of reach.
 * @example
 * ```ts
 * import { takeOver } from 'holdfast'
 * import { axaOidcClient } from 'holdfast/providers/oidc/take-over'
 *
 * const options = { takeOver: takeOver(axaOidcClient({ configurationName: 'default' })) } // of AuthClient
 * ```
 * @throws AuthError `invalid_argument` without a name.
 */
export function axaOidcClient(
  options: OidcTakeOverArea & { readonly configurationName: string },
): OidcTakeOver {
  const { configurationName: name, area = 'session' } = { ...options }
  return from({
    area,
    names: [name],
    isMine: (key) => key === `oidc.${name}` || key === `oidc.${name}.userInfo`,
    read: (entries) =>
      entries.map(([, { tokens }]) => {
        const { accessToken, refreshToken, idToken, scope, tokenType, ...rest } =
          asObject(tokens) ?? {}
        return {
          access_token: accessToken,
          refresh_token: refreshToken,
          id_token: idToken,
          token_type: tokenType,
          scope,
          claims: rest.idTokenPayload,
          at: rest.expiresAt,
        }
      }),
  })
}

/**
 * A session that auth0-spa-js 1 or 2 left in localStorage (`cacheLocation: 'localstorage'`).
 * @example
 * ```ts
 * import { AuthClient, takeOver } from 'holdfast'
 * import { auth0 } from 'holdfast/providers/oidc/presets'
 * import { auth0SpaJs } from 'holdfast/providers/oidc/take-over'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({
 *   provider: auth0({ ...own, domain: 'tenant.eu.auth0.com' }),
 *   takeOver: takeOver(auth0SpaJs({ clientId: 'my-app' })),
 * })
 * ```
 * @throws AuthError `invalid_argument` without a client id.
 */
export function auth0SpaJs(options: { readonly clientId: string }): OidcTakeOver {
  const { clientId } = { ...options }
  const prefix = `@@auth0spajs@@::${clientId}::`
  return from({
    area: 'local',
    names: [clientId],
    isMine: (key) => key.startsWith(prefix),
    read(entries) {
      const [, user] = entries.find(([key]) => key === `${prefix}@@user@@`) ?? []
      return entries.map(([, { body, expiresAt }]) => ({
        id_token: user?.id_token,
        ...asObject(body),
        at: expiresAt,
      }))
    },
  })
}

/**
 * A session that msal-browser 2 to 5 left: the newest account's. What it has encrypted (in localStorage,
 * since version 4) can be read until the browser is closed, which msal-browser's sessions do not outlive.
 * @example
 * ```ts
 * import { takeOver } from 'holdfast'
 * import { msalBrowser } from 'holdfast/providers/oidc/take-over'
 *
 * const options = { takeOver: takeOver(msalBrowser({ clientId: 'my-app' })) } // of AuthClient
 * ```
 * @throws AuthError `invalid_argument` without a client id.
 */
export function msalBrowser(
  options: OidcTakeOverArea & { readonly clientId: string },
): OidcTakeOver {
  const { clientId, area = 'session' } = { ...options }
  return from({
    area,
    names: [clientId],
    isMine(key, value) {
      const fields = fieldsOf(value)
      return fields.clientId === clientId || isSealed(key, fields, clientId)
    },
    async toText(entries) {
      const opened = entries.map(async ([key, value]) => [
        key,
        await unsealed(key, value, clientId),
      ])
      return JSON.stringify(await Promise.all(opened))
    },
    read(entries) {
      const of = (type: string): Fields[] =>
        entries.flatMap(([, one]) => (one.credentialType === type ? [one] : []))
      return of('AccessToken').map(({ secret, target, expiresOn, homeAccountId }) => {
        const its = (type: string): unknown =>
          of(type).find((one) => one.homeAccountId === homeAccountId)?.secret
        return {
          access_token: secret,
          refresh_token: its('RefreshToken'),
          id_token: its('IdToken'),
          scope: target,
          at: expiresOn,
        }
      })
    },
  })
}
