import { GoTrueClient as AuthJs } from '@supabase/auth-js'
import { type ClientOptions, GoTrueClient } from '../../src/compat/auth-js/index.js'
import { createScriptedGoTrue, type ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createShaper } from '../testing/gotrue/shape.js'

/** Somebody whom every server knows. */
export const ADA = { email: 'ada@example.com', password: 'secret-1' }

/** What both libraries can do: auth-js must fit the types of its face. */
export type Auth = Omit<
  { [Name in keyof GoTrueClient]: GoTrueClient[Name] },
  'client' | 'admin' | 'mfa' | 'signInWithPasskey' | 'registerPasskey'
> & { readonly mfa: Omit<GoTrueClient['mfa'], 'webauthn'> }

type Server = ReturnType<typeof createScriptedGoTrue>

/** One library with a server, a storage and a record of events of its own. */
export interface Side {
  readonly auth: Auth
  readonly server: Server
  readonly events: string[]
  /** What lies in its storage. */
  readonly entries: Map<string, string>
}

/** What both sides are made of. */
export interface StageOptions {
  readonly server?: ScriptedGoTrueOptions
  readonly options?: Pick<ClientOptions, 'flowType' | 'throwOnError'>
}

const storageOf = (entries: Map<string, string>) => ({
  getItem: async (key: string) => entries.get(key) ?? null,
  setItem: async (key: string, value: string) => void entries.set(key, value),
  removeItem: async (key: string) => void entries.delete(key),
})

/** A turn of the event loop: what was begun without a wait is done. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function watch(auth: Auth, events: string[]): void {
  auth.onAuthStateChange((event, session) => {
    events.push(`${event} ${session ? 'with' : 'without'} a session`)
  })
}

/** auth-js, and its face on Holdfast. */
export type Library = 'auth-js' | 'face'

/** Opens a client of a library, on a server and a storage of its own unless they are given. */
export function open(
  library: Library,
  { server: settings, options }: StageOptions = {},
  given: Partial<Pick<Side, 'server' | 'entries'>> = {},
): Side {
  const server = given.server ?? createScriptedGoTrue({ users: [ADA], ...settings })
  const entries = given.entries ?? new Map<string, string>()
  const url = 'http://localhost/auth/v1'
  const common = {
    url,
    storage: storageOf(entries),
    storageKey: 'app',
    fetch: server.fetch,
    autoRefreshToken: false,
    // What auth-js has behind a flag.
    experimental: { passkey: true, recoveryCodes: true },
    ...options,
  }
  const auth: Auth = library === 'auth-js' ? new AuthJs(common) : new GoTrueClient(common)
  const events: string[] = []
  watch(auth, events)
  return { auth, server, events, entries }
}

/** A text of a result and of what listeners heard that both libraries can have in common. */
export function describeResult(result: unknown, events: readonly string[]): string {
  const told = JSON.parse(JSON.stringify({ result, events }) ?? 'null')
  return createShaper()({ status: 0, said: [], location: null, body: told })
}
