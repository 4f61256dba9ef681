import { createAdmin } from '../../test/servers/admin.js'
import { type Keycloak, prepareKeycloak, VERSION } from '../../test/servers/process.js'
import { type Gate, openGate } from './gate.js'
import type { Setup } from './page.js'
import { MARGINS, PEERS, type PeerName } from './peers.js'
import { startProvider } from './provider.js'

/** Whether a spent refresh token is refused, or forgiven: by reuse, or by no rotation. */
export type Mode = 'strict' | 'forgiving'

/** A gate with a server behind it, for one client. */
export interface Place {
  readonly gate: Gate
  readonly setup: Setup
  close(): Promise<void>
}

/** A kind of server. */
export interface BenchServer {
  /** As the table has it. */
  readonly title: string
  /** What the modes are there. */
  readonly modes: Readonly<Record<Mode, string>>
  /** The client that is known not to run there. */
  readonly without: PeerName
  open(peer: PeerName, mode: Mode): Promise<Place>
  close(): Promise<void>
}

/** What all servers are made with. */
export interface ServerOptions {
  readonly root: string
  /** Where the pages are. */
  readonly site: string
  /** How long clients keep a token, in s: tokens live by their client's margin longer. */
  readonly period: number
}

/** Where a client's page takes the answer of the server. */
export const redirectUriOf = (site: string, peer: string): string => `${site}/${peer}/callback`

const livesFor = (period: number): Readonly<Record<string, number>> =>
  Object.fromEntries(PEERS.map((peer) => [peer, period + MARGINS[peer]]))

const setupOf = (site: string, peer: PeerName, issuer: string): Setup => ({
  issuer,
  clientId: peer,
  redirectUri: redirectUriOf(site, peer),
  scope: 'openid profile email',
  margin: MARGINS[peer],
  realm: null,
})

/** `oidc-provider`, in this process: a new one for each place. */
export function oidcProviders(options: ServerOptions, version: string): BenchServer {
  const { site, period } = options
  return {
    title: `oidc-provider ${version}`,
    modes: { strict: 'rotating', forgiving: 'not rotating' },
    // It takes refresh tokens for JWTs.
    without: 'keycloak-js',
    async open(peer, mode) {
      const gate = await openGate()
      const issuer = `${gate.origin}/`
      const server = await startProvider({
        issuer,
        rotating: mode === 'strict',
        lives: livesFor(period),
        redirectUriOf: (clientId) => redirectUriOf(site, clientId),
      })
      gate.lead(server.port)
      const close = async (): Promise<void> => {
        await gate.close()
        await server.close()
      }
      return { gate, setup: setupOf(site, peer, issuer), close }
    },
    close: async () => {},
  }
}

async function prepare(keycloak: Keycloak, { site, period }: ServerOptions): Promise<void> {
  const admin = createAdmin(keycloak)
  const shared = { accessTokenLifespan: period, origins: [site], clients: livesFor(period) }
  await admin.createRealm({ ...shared, name: 'strict', rotation: { reuses: 0 } })
  await admin.createRealm({ ...shared, name: 'forgiving', rotation: { reuses: 1 } })
}

/** A Keycloak in a process of its own, for all places. */
export async function startKeycloak(options: ServerOptions): Promise<BenchServer> {
  const keycloak = await prepareKeycloak(options.root)
  try {
    await keycloak.start()
    await prepare(keycloak, options)
  } catch (error) {
    await keycloak.stop()
    throw error
  }
  const port = Number(new URL(keycloak.origin).port)
  return {
    title: `Keycloak ${VERSION}`,
    modes: { strict: 'rotating, reuse 0', forgiving: 'rotating, reuse 1' },
    // It asks for the addresses of Auth0.
    without: 'auth0-spa-js',
    async open(peer, mode) {
      const gate = await openGate()
      gate.lead(port)
      const setup = setupOf(options.site, peer, `${gate.origin}/realms/${mode}`)
      const realm = { url: gate.origin, name: mode }
      return { gate, setup: { ...setup, realm }, close: gate.close }
    },
    close: keycloak.stop,
  }
}
