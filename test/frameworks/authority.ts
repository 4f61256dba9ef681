import {
  createScriptedGoTrue,
  createScriptedOidc,
  type Fault,
  type FaultScope,
  type LoggedRequest,
} from 'holdfast/testing'
import { listen, relay, toRequest } from '../support/node-server.js'
import type { App } from './apps.js'

/** How long an access token lives, in s: as short as a busy machine bears. */
export const LIFE = 6

/** A scripted auth server on the loopback, at which one person is signed in. */
export interface Authority {
  /** The environment of an app that uses it. */
  readonly settings: Readonly<Record<string, string>>
  /** What a page that knows the person calls them. */
  readonly person: string
  /** How often a refresh token was sent, and how often that got an answer. */
  exchanges(): { readonly asked: number; readonly answered: number }
  /** The sessions that are not over. */
  liveSessions(): number
  /** Whatever is asked gets 503 from now on. Returns the way to undo it. */
  takeDown(): () => void
  close(): Promise<void>
}

/** What all apps are told of themselves. It is no secret anywhere. */
const COOKIE_PASSWORD = 'the password of an example, which is no secret'

/** What is the same of all scripted servers. */
interface Scripted {
  readonly fetch: typeof fetch
  readonly requests: readonly LoggedRequest[]
  fail(fault: Fault, scope?: FaultScope): () => void
}

const exchangesOf = ({ requests }: Scripted): ReturnType<Authority['exchanges']> => {
  const sent = requests.filter(({ grant }) => grant === 'refresh_token')
  return { asked: sent.length, answered: sent.filter(({ status }) => status === 200).length }
}

/** Serves what `make` makes for its own origin, on a free port. */
async function serve<Server extends Scripted>(make: (origin: string) => Server) {
  const http = await listen(async (request, response) => {
    await relay(await server.fetch(await toRequest(request, http.origin)), response)
  })
  const server = make(http.origin)
  const { origin, close } = http
  const takeDown = () =>
    server.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
  return { server, origin, shared: { exchanges: () => exchangesOf(server), takeDown, close } }
}

async function startOidc(app: string): Promise<Authority> {
  const person = { sub: 'ada', name: 'Ada Lovelace' }
  const client = { id: 'example', secret: 'the secret of an example' }
  const { server, origin, shared } = await serve((issuer) =>
    createScriptedOidc({
      issuer,
      accessTokenLifetime: LIFE * 1000,
      people: [person],
      // A token that is sent twice ends the session: nothing is forgiven here.
      rotation: { type: 'on' },
      clients: [{ ...client, redirectUris: [`${app}/auth/callback`] }],
    }),
  )
  return {
    ...shared,
    settings: {
      COOKIE_PASSWORD,
      OIDC_ISSUER: origin,
      OIDC_CLIENT_ID: client.id,
      OIDC_CLIENT_SECRET: client.secret,
    },
    person: person.name,
    liveSessions: () => server.liveSessions(),
  }
}

async function startGoTrue(): Promise<Authority> {
  const { server, origin, shared } = await serve(() =>
    createScriptedGoTrue({
      redirectUrls: ['**'],
      accessTokenLifetime: LIFE * 1000,
      rotation: 'strict',
    }),
  )
  return {
    ...shared,
    settings: {
      COOKIE_PASSWORD,
      GOTRUE_URL: `${origin}/auth/v1`,
      GOTRUE_API_KEY: 'public-key-of-an-example',
    },
    // Whom the scripted GoTrue gets from a provider that it knows nothing else of.
    person: 'person@github.example',
    liveSessions: () => server.sessions().length,
  }
}

/** Starts the auth server of an app that browsers find at `origin`. */
export function startAuthority(server: App['server'], origin: string): Promise<Authority> {
  return server === 'oidc' ? startOidc(origin) : startGoTrue()
}
