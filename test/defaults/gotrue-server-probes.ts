import { vi } from 'vitest'
import { createPkce } from '../../src/providers/shared/pkce.js'
import {
  createGotrue,
  createGotrueSessions,
  type GoTrueServerOptions,
  supabaseSsr,
} from '../../src/server/gotrue/index.js'
import {
  APP,
  CALLBACK,
  createGotrueServerWorld,
  PASSWORD,
  URL_OF_GOTRUE,
} from '../server/gotrue/gotrue-server-world.js'
import type { Probe } from './documented.js'

/** What a sign-in that says as little as possible asks for. */
async function askedOf(options: Partial<GoTrueServerOptions> = {}): Promise<URLSearchParams> {
  const { challenge: codeChallenge } = await createPkce()
  const server = createGotrue({ url: URL_OF_GOTRUE, provider: 'github', ...options })
  const request = { redirectUri: CALLBACK, state: 'state', codeChallenge }
  return new URL(await server.authorizeUrl(request)).searchParams
}

/** The cookies that are taken for those of `@supabase/ssr` where there is one of this name. */
const cookiesOf = (name: string) =>
  supabaseSsr({ server: createGotrue({ url: URL_OF_GOTRUE }) }).cookiesIn(new Map([[name, ['x']]]))

/** What servers of GoTrue do that are told nothing. */
export const gotrueServerProbes: Readonly<Record<string, Probe>> = {
  'GoTrueServerOptions.provider': {
    says: 'nowhere: one must be named',
    observe: async () =>
      (await askedOf({ provider: undefined }).catch(({ code }) => code)) === 'invalid_argument',
  },
  'SealedSignOutOptions.scope': {
    async observe() {
      const { sealed, grant, scripted } = createGotrueServerWorld()
      const [one] = [await grant(), await grant()]
      const value = await sealed.sealSession(one, { password: PASSWORD })
      await sealed.signOut({ value, password: PASSWORD })
      const [other, ...more] = scripted.sessions()
      return other && other.id !== one.sessionId && more.length === 0 ? 'local' : 'another'
    },
  },
  'GoTrueServerOptions.confirmPage': {
    says: 'a page of ours, in English',
    async observe() {
      const { follow } = createGotrueServerWorld()
      const answer = await follow(`${APP}/auth/confirm?token_hash=abcdefgh&type=email`)
      return (await answer.text()).includes('<html lang="en">')
    },
  },
  'GoTrueServerOptions.requestTimeout': {
    async observe() {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      try {
        const server = createGotrue({ url: URL_OF_GOTRUE, fetch: () => new Promise(() => {}) })
        let late = false
        const failed = server.getUser('token').catch(() => {
          late = true
        })
        let ms = 0
        for (; !late; ms += 500) await vi.advanceTimersByTimeAsync(500)
        await failed
        return ms
      } finally {
        vi.useRealTimers()
      }
    },
  },
  'GoTrueSignInRequest.scopes': {
    says: 'as the server has it',
    observe: async () => !(await askedOf()).has('scopes'),
  },
  'LinkProof.codeChallenge': {
    says: 'none: the message is for its code, or for its `token_hash`',
    async observe() {
      const { server, scripted } = createGotrueServerWorld()
      await server.sendOtp({ email: 'ada@example.com', redirectTo: CALLBACK })
      const [message] = scripted.messages
      return !message?.tokenHash.startsWith('pkce_')
    },
  },
  'GoTrueTokenChecks.audience': {
    says: "'authenticated', as GoTrue has it",
    async observe() {
      const verification = { type: 'jwt' } as const
      const world = createGotrueServerWorld({
        scripted: { signing: 'es256' },
        sessions: { verification },
      })
      await world.signIn()
      const fine = await world.whoIs()
      world.scripted.setAccessTokenHook({ claims: { aud: 'another' } })
      await world.signIn()
      return fine !== null && (await world.whoIs().catch(() => null)) === null
    },
  },
  'GoTrueSessionsOptions.verification': {
    says: "{ type: 'seal' }",
    async observe() {
      const asked: unknown[] = []
      const fetch = async (url: unknown): Promise<Response> => {
        asked.push(url)
        return new Response(null, { status: 500 })
      }
      const sessions = createGotrueSessions({ server: createGotrue({ url: URL_OF_GOTRUE, fetch }) })
      const grant = { accessToken: 'a', refreshToken: 'r', lifetime: 60_000, user: { id: 'ada' } }
      const value = await sessions.sealSession(grant, { password: PASSWORD })
      const found = await sessions.openSession({ value, password: PASSWORD }).getSession()
      return found.signedIn && asked.length === 0
    },
  },
  'SupabaseSsrOptions.name': {
    says: "'sb-<first part of the host>-auth-token', as `@supabase/ssr` has it",
    observe: () => cookiesOf('sb-project-auth-token').length === 1 && cookiesOf('sb').length === 0,
  },
  'SupabaseSsrOptions.secure': {
    observe: () => cookiesOf('sb-project-auth-token')[0]?.attributes.includes('; Secure'),
  },
}
