import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundle } from '../bundles.js'
import { type PeerName, type PerPeer, perPeer } from './peers.js'

/** What a page needs to sign in by redirect, to keep its session in localStorage, and no more. */
const SMALLEST: PerPeer<string> = {
  holdfast: `
    import { AuthClient, webStorage } from 'holdfast'
    import { oidc } from 'holdfast/providers/oidc'
    const provider = oidc({ issuer: '/', clientId: 'app', redirectUri: '/' })
    globalThis.auth = new AuthClient({ provider, storage: webStorage() })`,
  'oidc-client-ts': `
    import { UserManager, WebStorageStateStore } from 'oidc-client-ts'
    const userStore = new WebStorageStateStore({ store: localStorage })
    globalThis.auth = new UserManager({ authority: '/', client_id: 'app', redirect_uri: '/', userStore })`,
  'keycloak-js': `
    import Keycloak from 'keycloak-js'
    globalThis.auth = new Keycloak({ url: '/', realm: 'app', clientId: 'app' })`,
  axa: `
    import { OidcClient, OidcLocation } from '@axa-fr/oidc-client'
    const options = { client_id: 'app', redirect_uri: '/', scope: 'openid', authority: '/', storage: localStorage }
    globalThis.auth = OidcClient.getOrCreate(() => fetch, new OidcLocation())(options)`,
  'auth0-spa-js': `
    import { Auth0Client } from '@auth0/auth0-spa-js'
    const options = { domain: '/', clientId: 'app', useRefreshTokens: true, cacheLocation: 'localstorage' }
    globalThis.auth = new Auth0Client(options)`,
}

/** The script of each client's page. */
export const oidcScripts = (root: string): Promise<PerPeer<string>> =>
  perPeer(async (peer: PeerName) => {
    const entryPoints = [join(root, `bench/oidc/pages/${peer}.ts`)]
    return new TextDecoder().decode(await bundle(root, { entryPoints, format: 'iife' }))
  })

/** Bytes of each client, minified and compressed by gzip at its best. */
export const oidcSizes = (root: string): Promise<PerPeer<number>> =>
  perPeer(async (peer) => {
    const stdin = { contents: SMALLEST[peer], resolveDir: root }
    return gzipSync(await bundle(root, { stdin, format: 'esm' }), { level: 9 }).length
  })
