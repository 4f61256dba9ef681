import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createGotrue, createGotrueSessions, supabaseSsr } from '../../src/server/gotrue/index.js'
import { createRequestSessions } from '../../src/server/requests/request-sessions.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'

const PROJECT = 'https://project.example'
const KEY = 'public-key'
const ADA = { email: 'ada@example.com', password: 'secret-1' }

/** What is used here of `@supabase/ssr`, and of the client that it makes. */
interface Ssr {
  createServerClient(
    url: string,
    key: string,
    options: {
      readonly cookies: {
        getAll(): readonly Cookie[]
        setAll(cookies: readonly Cookie[]): void
        readonly encode?: SsrOptions['encode']
      }
      readonly cookieEncoding?: Encoding | undefined
      readonly global: { readonly fetch: typeof fetch }
      readonly realtime: { readonly transport: typeof EventTarget }
    },
  ): { readonly auth: SsrAuth }
}

interface SsrAuth {
  signInWithPassword(credentials: typeof ADA): Promise<{ readonly error: unknown }>
  signInWithOAuth(wanted: {
    readonly provider: string
    readonly options: { readonly skipBrowserRedirect: true }
  }): Promise<{ readonly error: unknown }>
  getSession(): Promise<{ readonly data: { readonly session: object | null } }>
}

interface Cookie {
  readonly name: string
  readonly value: string
}

type Encoding = 'raw' | 'base64url'

/** How Ada signs in. */
export interface SsrOptions {
  /** What is known of her besides, which lies in the cookies. */
  readonly data?: Readonly<Record<string, unknown>>
  /** How they are written. @default as the library has it */
  readonly encoding?: Encoding
  /** What is written. @default the user as well */
  readonly encode?: 'user-and-tokens' | 'tokens-only'
}

/** An app with the `@supabase/ssr` that is installed in a folder, where Ada signs in; and the same app with Holdfast. */
export async function createSsrApp(folder: string, options: SsrOptions = {}) {
  const { data, encoding, encode } = options
  const ssr: Ssr = createRequire(join(folder, 'package.json'))('@supabase/ssr')
  const scripted = createScriptedGoTrue({ users: [{ ...ADA, ...(data && { data }) }] })
  /** The browser's cookies, as frameworks read and write them. */
  const jar = new Map<string, string>()

  /** The library, as each request makes it anew. */
  const before = (): SsrAuth =>
    ssr.createServerClient(PROJECT, KEY, {
      cookies: {
        getAll: () => [...jar].map(([name, value]) => ({ name, value })),
        setAll(cookies) {
          for (const { name, value } of cookies) {
            if (value === '') jar.delete(name)
            else jar.set(name, value)
          }
        },
        ...(encode && { encode }),
      },
      cookieEncoding: encoding,
      global: { fetch: scripted.fetch },
      // In place of a WebSocket, which Node 20 does not have: nothing is ever sent by it.
      realtime: { transport: EventTarget },
    }).auth

  const server = createGotrue({ url: `${PROJECT}/auth/v1`, apiKey: KEY, fetch: scripted.fetch })
  const sessions = createRequestSessions({
    sessions: createGotrueSessions({ server }),
    cookie: { password: 'a password of more than 32 characters' },
    takeOver: supabaseSsr({ server }),
  })

  /** A request to the app that has moved. */
  async function after() {
    const pairs = [...jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    const { session, setCookies } = await sessions.getSession(pairs.join('; '))
    for (const line of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (line.includes('; Max-Age=0')) jar.delete(name)
      else jar.set(name, decodeURIComponent(value))
    }
    return session
  }

  const { error } = await before().signInWithPassword(ADA)
  if (error) throw error
  return { before, after, scripted, names: () => [...jar.keys()].sort() }
}
