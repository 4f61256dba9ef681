import { createHash } from 'node:crypto'
import { AuthClient } from '../../src/client.js'
import type { Crypto } from '../../src/core/ports.js'
import { CALLBACK } from '../../src/providers/oidc/hand-back.js'
import { type OidcProvider, oidc } from '../../src/providers/oidc/index.js'
import { type PopupPage, type PopupWindow, popup } from '../../src/providers/oidc/popup.js'
import { oidcClientTs } from '../../src/providers/oidc/take-over.js'
import { asObject, text } from '../../src/providers/shared/json.js'
import { readClaims } from '../../src/providers/shared/jwt.js'
import { takeOver } from '../../src/take-over.js'
import { createScriptedOidc, type ScriptedOidcOptions } from '../../src/testing/index.js'
import { exchanging } from './exchanging.js'
import { turn } from './surroundings.js'
import type { Place, Wire, WireParts } from './wire.js'
import type { World } from './world.js'

/** Servers that differ in what becomes of a refresh token that is shown again. */
const SERVERS = {
  /** Hydra: it ends the session, at once and always. */
  family: { manners: 'hydra' },
  /** Auth0: for ten seconds it gets an answer, and its own successor each time. Its refusal is a 403. */
  grace: { manners: 'auth0', rotation: { type: 'on', grace: 10_000 } },
  /** Keycloak that revokes: it ends the session, and so does a token older than the last exchange. */
  keycloak: { manners: 'keycloak', rotation: { type: 'on' } },
  /** It is refused, in Keycloak's words for the slower of two; whoever has the newest goes on. */
  loser: { manners: 'keycloak', rotation: { type: 'on', familyDies: false } },
  /** Spring: so it is there, but in the words of every other refusal. */
  refusing: { manners: 'hydra', rotation: { type: 'on', familyDies: false } },
  /** Keycloak as it is installed: each answer has another token, and all of them work. */
  renewing: { manners: 'keycloak' },
} as const satisfies Record<string, ScriptedOidcOptions>

/** What becomes of a refresh token that is shown again to an OpenID Connect server. */
export type OidcServer = keyof typeof SERVERS

/** Whether it is one of them. */
export const isOidcServer = (kind: string): kind is OidcServer => Object.hasOwn(SERVERS, kind)

const ISSUER = 'https://id.example'
const CLIENT = 'app'
const REDIRECT = 'http://localhost:3000/callback'
const FOREIGN_KEY = `oidc.user:${ISSUER}:${CLIENT}`
const SCOPE = 'openid offline_access'

const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest())

/** Secrets that are the same in each run, at once: WebCrypto would take real time. */
function knownCrypto(name: string): Crypto {
  let made = 0
  return {
    randomBytes: (length) => sha256(Buffer.from(`${name} ${made++}`)).subarray(0, length),
    sha256,
  }
}

/** The provider for OpenID Connect, and its scripted server. */
export function oidcWire(kind: OidcServer, { clock, lifetime, random, people }: WireParts): Wire {
  const server = createScriptedOidc({
    ...SERVERS[kind],
    clock,
    random,
    accessTokenLifetime: lifetime,
    signing: 'digest',
    people: people.map((email) => ({ sub: email, email })),
  })
  /** The server hashes verifiers by WebCrypto: a clock that stands still waits for it. */
  let working = 0
  const fetch: Wire['fetch'] = async (url, init) => {
    working++
    try {
      return await server.fetch(url, init)
    } finally {
      working--
    }
  }

  let visits: Promise<unknown> = Promise.resolve()
  /** Somebody signs in on the page of the server; where that leads back to. */
  function visit(url: string): Promise<string> {
    const next = visits.then(async () => {
      const sub = new URL(url).searchParams.get('login_hint') ?? ''
      server.signInAs({ sub, email: sub })
      const page = await fetch(url, { redirect: 'manual' })
      return page.headers.get('location') ?? ''
    })
    visits = next
    return next
  }

  /** A window in which somebody signs in at once; where the server is down, they close it. */
  function windowOf(world: World, { tab }: Place): PopupPage {
    let tell = (_: unknown): void => {}
    let closed = false
    const opened: PopupWindow = {
      get closed() {
        return closed
      },
      close() {
        closed = true
      },
      location: {
        replace(url) {
          closed = world.down
          if (!closed) void visit(url).then((href) => tell({ [CALLBACK]: href }))
        },
      },
    }
    return {
      open: () => opened,
      hear(heard) {
        tell = (said) => heard(said, opened)
        return () => {
          tell = () => {}
        }
      },
      hasFocus: () => closed,
      schedule: tab.environment.clock.schedule,
    }
  }

  return {
    base: ISSUER,
    foreignKey: FOREIGN_KEY,
    teapot: '{"error":"teapot","error_description":"no"}',
    forgives: kind === 'renewing',
    fetch,
    async settle() {
      do await turn()
      while (working > 0)
    },
    open(world, place) {
      const { tab, send, options } = place
      const made = oidc({
        issuer: ISSUER,
        clientId: CLIENT,
        redirectUri: REDIRECT,
        scope: SCOPE,
        fetch: send,
      })
      const provider: OidcProvider = {
        ...made,
        refresh: (...given) => exchanging(() => made.refresh(...given)),
      }
      const { parse } = oidcClientTs({ authority: ISSUER, clientId: CLIENT })
      const left = takeOver({
        key: FOREIGN_KEY,
        storage: tab.storage,
        // It reads all entries of a storage that are of that library.
        parse: (entry, now) => parse(JSON.stringify([[FOREIGN_KEY, entry]]), now),
      })
      const auth = new AuthClient({
        provider,
        ...(world.options.start === 'take-over' && { takeOver: left }),
        ...options,
        environment: { ...options.environment, crypto: knownCrypto(tab.name) },
      })
      return {
        auth,
        async signIn(loginHint) {
          const page = windowOf(world, place)
          return (await popup(auth, { page }).signIn({ loginHint })).session
        },
      }
    },
    presented: (form) => new URLSearchParams(form).get('refresh_token') ?? undefined,
    isFragile: (path) => path === '/token' || path.startsWith('/.well-known/'),
    isLookup: (path) => path.startsWith('/.well-known/'),
    refuses: (status) => status === 400 || status === 403,
    read(body) {
      const { access_token, refresh_token, id_token, expires_in } = asObject(body) ?? {}
      const [accessToken, refreshToken] = [text(access_token), text(refresh_token)]
      const { sub, sid } = readClaims(text(id_token) ?? '') ?? {}
      if (!accessToken || !refreshToken) return null
      const lifetime = Number(expires_in) * 1000
      return { accessToken, refreshToken, lifetime, session: String(sid), user: String(sub) }
    },
    async signInElsewhere(email) {
      const verifier = 'v'.repeat(43)
      const asked = new URLSearchParams({
        client_id: CLIENT,
        redirect_uri: REDIRECT,
        response_type: 'code',
        scope: SCOPE,
        login_hint: email,
        code_challenge: Buffer.from(sha256(Buffer.from(verifier))).toString('base64url'),
        code_challenge_method: 'S256',
      })
      const back = new URL(await visit(`${ISSUER}/auth?${asked}`))
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        code: back.searchParams.get('code') ?? '',
        redirect_uri: REDIRECT,
        code_verifier: verifier,
        client_id: CLIENT,
      })
      return (await fetch(`${ISSUER}/token`, { method: 'POST', body: form })).json()
    },
    kept(body) {
      const { expires_in, ...rest } = asObject(body) ?? {}
      const profile = readClaims(text(rest.id_token) ?? '')
      const expires_at = Math.floor(clock.now() / 1000) + Number(expires_in)
      return JSON.stringify({ ...rest, profile, expires_at })
    },
    sessions: server.sessions,
    endSession: server.endSession,
    setAccessTokenLifetime: server.setAccessTokenLifetime,
  }
}
