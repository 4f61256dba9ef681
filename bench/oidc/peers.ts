/** The clients, in the order of the table's columns. */
export const PEERS = ['holdfast', 'oidc-client-ts', 'keycloak-js', 'axa', 'auth0-spa-js'] as const

/** One of the clients; its name is that of its application at the server, too. */
export type PeerName = (typeof PEERS)[number]

/** Something for each client. */
export type PerPeer<T> = Readonly<Record<PeerName, T>>

/** The package of each. */
export const PACKAGES: PerPeer<string> = {
  holdfast: 'holdfast',
  'oidc-client-ts': 'oidc-client-ts',
  'keycloak-js': 'keycloak-js',
  axa: '@axa-fr/oidc-client',
  'auth0-spa-js': '@auth0/auth0-spa-js',
}

/**
 * How long before a token's end each renews it, in s. Those that have an option for it are set to the
 * same. auth0-spa-js has none; Holdfast's follows from the token's life, and this is near it.
 */
export const MARGINS: PerPeer<number> = {
  holdfast: 5,
  'oidc-client-ts': 5,
  'keycloak-js': 5,
  axa: 5,
  'auth0-spa-js': 60,
}

/** Makes something for each client, all at once. */
export async function perPeer<T>(make: (peer: PeerName) => Promise<T>): Promise<PerPeer<T>> {
  const [holdfast, client, keycloak, axa, auth0] = await Promise.all([
    make('holdfast'),
    make('oidc-client-ts'),
    make('keycloak-js'),
    make('axa'),
    make('auth0-spa-js'),
  ])
  return {
    holdfast,
    'oidc-client-ts': client,
    'keycloak-js': keycloak,
    axa,
    'auth0-spa-js': auth0,
  }
}
