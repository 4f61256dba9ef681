import { parseJson } from '../../core/json.js'
import type { Storage } from '../../core/ports.js'
import type { Grant } from '../../core/session.js'
import { asObject, text } from '../shared/json.js'
import { invalid } from '../shared/url.js'
import { type Fields, fieldsOf } from './fields.js'
import { type Left, toSession } from './left-session.js'
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
      const tokens = of('AccessToken')
      const isAlone = ({ homeAccountId: id }: Fields): boolean =>
        !tokens.some(({ homeAccountId }) => homeAccountId === id)
      const accounts = of('RefreshToken').filter(isAlone)
      const all = [...tokens, ...accounts.map(({ homeAccountId }): Fields => ({ homeAccountId }))]
      return all.map(({ secret, target, expiresOn, homeAccountId, realm }) => {
        const its = (type: string): unknown => {
          const own = of(type).filter((one) => one.homeAccountId === homeAccountId)
          // Guests have an id token for each tenant.
          return (own.find((one) => one.realm === realm) ?? own[0])?.secret
        }
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
