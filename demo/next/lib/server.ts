/** What of an auth server the pages show. */
export interface AuthServer {
  readonly name: string
  /** Whether it knows the places of the company, and who may do what there. */
  readonly hasPlaces: boolean
  /** Whether the panel can choose how long its tokens live. */
  readonly hasLives: boolean
  /** Who may be chosen on the first page. */
  readonly people: readonly Person[]
}

/** Somebody whom the first page offers. */
export interface Person {
  readonly email: string
  readonly name: string
  readonly about: string
}

const ADA = 'ada@tidemark.example'
const GRACE = 'grace@tidemark.example'

const SERVERS: Readonly<Record<string, AuthServer>> = {
  workos: {
    name: 'WorkOS',
    hasPlaces: true,
    hasLives: true,
    people: [
      {
        email: ADA,
        name: 'Ada Lovelace',
        about: 'Harbour master of North Pier, deck hand at South Quay, known at The Vault.',
      },
      { email: GRACE, name: 'Grace Hopper', about: 'Dispatcher at North Pier.' },
    ],
  },
  gotrue: {
    name: 'GoTrue',
    hasPlaces: false,
    hasLives: true,
    people: [
      { email: ADA, name: 'Ada Lovelace', about: 'By way of another provider.' },
      { email: GRACE, name: 'Grace Hopper', about: 'The same.' },
    ],
  },
  oidc: {
    name: 'the OpenID provider',
    hasPlaces: false,
    hasLives: false,
    people: [{ email: ADA, name: 'Ada Lovelace', about: 'The server knows her already.' }],
  },
}

/** The one behind this app. */
export const authServer = (): AuthServer => {
  const server = SERVERS[process.env.DEMO_AUTH ?? 'workos']
  if (!server) throw new Error('DEMO_AUTH is workos, gotrue or oidc.')
  return server
}
