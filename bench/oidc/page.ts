import { type Outcome, textOf } from '../clients/peer.js'

/** Where a page's server is, and who the page is there. */
export interface Setup {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly scope: string
  /** How long before its end a token is renewed, in s, where a client can be told. */
  readonly margin: number
  /** Whether the server is a Keycloak, which keycloak-js speaks to in a way of its own. */
  readonly realm: { readonly url: string; readonly name: string } | null
}

/** What the scenarios ask of a client, whichever it is. */
export interface OidcPeer {
  /** Takes up the answer of a redirect, or a stored session; whether somebody is signed in. */
  start(): Promise<boolean>
  /** Leaves for the server. */
  signIn(): Promise<void>
  /** The way to an access token for a request, as the client's documentation has it. */
  token(): Promise<Outcome>
  /** Signs out as its documentation has it: most leave for the server. */
  signOut(): Promise<void>
}

declare global {
  interface Window {
    setup: Setup
    oidcPeer: OidcPeer
    /** What the last call of `token` came to, while the page is watched. */
    latest: Outcome | undefined
    watch: (pause: number) => void
  }
}

async function watch(peer: OidcPeer, pause: number): Promise<void> {
  for (;;) {
    window.latest = await peer.token()
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

/** What a failure means to an app: nobody is signed in when it says one of these, else an error. */
export const failure = (error: unknown, ends: readonly string[] = []): Outcome => {
  const text = textOf(error)
  return ends.includes(text) ? { kind: 'none' } : { kind: 'error', error: text }
}

/** A session, or nobody. */
export const sessionOf = (token: string | null | undefined): Outcome =>
  token ? { kind: 'session', token } : { kind: 'none' }

/** Whether this page is where the server sends people back to. */
export const isReturn = (): boolean => location.href.startsWith(window.setup.redirectUri)

/** Puts a client on its page. `pause` of `watch` is in ms. */
export function install(peer: OidcPeer): void {
  window.oidcPeer = peer
  window.watch = (pause) => void watch(peer, pause)
}
