import { createScriptedOidc } from 'holdfast/testing'
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

/** What an app is told of itself. None of it is a secret anywhere. */
const SECRETS = {
  COOKIE_PASSWORD: 'the password of an example, which is no secret',
  OIDC_CLIENT_ID: 'example',
  OIDC_CLIENT_SECRET: 'the secret of an example',
}

async function startOidc(origin: string): Promise<Authority> {
  const person = { sub: 'ada', name: 'Ada Lovelace' }
  const http = await listen(async (request, response) => {
    const asked = await toRequest(request, http.origin)
    await relay(await server.fetch(asked), response)
  })
  const server = createScriptedOidc({
    issuer: http.origin,
    accessTokenLifetime: LIFE * 1000,
    people: [person],
    // A token that is sent twice ends the session: nothing is forgiven here.
    rotation: { type: 'on' },
    clients: [
      {
        id: SECRETS.OIDC_CLIENT_ID,
        secret: SECRETS.OIDC_CLIENT_SECRET,
        redirectUris: [`${origin}/auth/callback`],
      },
    ],
  })
  return {
    settings: { ...SECRETS, OIDC_ISSUER: http.origin },
    person: person.name,
    exchanges() {
      const sent = server.requests.filter(({ grant }) => grant === 'refresh_token')
      return { asked: sent.length, answered: sent.filter(({ status }) => status === 200).length }
    },
    liveSessions: () => server.liveSessions(),
    takeDown: () =>
      server.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY }),
    close: () => http.close(),
  }
}

/** Starts the auth server of an app that browsers find at `origin`. */
export function startAuthority(_server: App['server'], origin: string): Promise<Authority> {
  return startOidc(origin)
}
