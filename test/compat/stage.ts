import { GoTrueClient as AuthJs } from '@supabase/auth-js'
import {
  type AuthMFAVerifyResponse,
  type ClientOptions,
  GoTrueClient,
  type MFAChallenge,
  type MFAChallengeParams,
  type MFAVerifyParams,
  type PasskeyStepsApi,
  type RequestResult,
} from '../../src/compat/auth-js/index.js'
import { createScriptedGoTrue, type ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createShaper } from '../testing/gotrue/shape.js'
import type { RowPage } from './page.js'

/** Somebody whom every server knows. */
export const ADA = { email: 'ada@example.com', password: 'secret-1' }

/**
 * What both libraries can do: auth-js must fit the types of its face. Credentials it writes as types of
 * its own, where the face has those of the platform: rows `call` what takes or gives them.
 */
export type Auth = Omit<
  { [Name in keyof GoTrueClient]: GoTrueClient[Name] },
  'client' | 'admin' | 'mfa' | 'passkey' | 'signInWithPasskey' | 'registerPasskey'
> & {
  readonly mfa: Omit<GoTrueClient['mfa'], 'webauthn' | 'challenge' | 'verify'> & {
    challenge(params: MFAChallengeParams): Promise<RequestResult<MFAChallenge>>
    verify(params: MFAVerifyParams): Promise<AuthMFAVerifyResponse>
  }
  readonly passkey: Omit<GoTrueClient['passkey'], keyof PasskeyStepsApi>
}

/** A result of a method that rows `call`. */
export interface Called {
  readonly data: Readonly<Record<string, unknown>>
  readonly error: unknown
}

/** Calls a method by the path to it, as JavaScript can: with anything. */
export async function call(auth: object, path: string, ...given: unknown[]): Promise<Called> {
  const names = path.split('.')
  const last = names.pop() ?? ''
  const owner = names.reduce<object>((object, name) => Reflect.get(object, name), auth)
  const { data, error } = Object(await Reflect.apply(Reflect.get(owner, last), owner, given))
  return { data: Object(data), error }
}

type Server = ReturnType<typeof createScriptedGoTrue>

/** One library with a server, a storage and a record of events of its own. */
export interface Side {
  readonly auth: Auth
  readonly server: Server
  readonly events: string[]
  /** The bodies that it sent. */
  readonly sent: unknown[]
  /** What lies in its storage. */
  readonly entries: Map<string, string>
  /** Where it plays, if that matters. */
  readonly page?: RowPage | undefined
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
  const server =
    given.server ??
    createScriptedGoTrue({ users: [ADA], redirectUrls: ['https://app.example/**'], ...settings })
  const entries = given.entries ?? new Map<string, string>()
  const url = 'http://localhost/auth/v1'
  const sent: unknown[] = []
  const common = {
    url,
    storage: storageOf(entries),
    storageKey: 'app',
    async fetch(url: string | URL | Request, init?: RequestInit) {
      if (typeof init?.body === 'string') sent.push(JSON.parse(init.body))
      return server.fetch(url, init)
    },
    autoRefreshToken: false,
    // What auth-js has behind a flag.
    experimental: { passkey: true, recoveryCodes: true },
    ...options,
  }
  const auth: Auth = library === 'auth-js' ? new AuthJs(common) : new GoTrueClient(common)
  const events: string[] = []
  watch(auth, events)
  return { auth, server, events, sent, entries }
}

/** What a row's calls told, and its listeners: JSON. */
export interface Told {
  readonly result: unknown
  readonly events: readonly string[]
}

/** What was told, as JSON has it. */
export const toTold = (result: unknown, events: readonly string[]): Told =>
  JSON.parse(JSON.stringify({ result, events }))

/** A text of what was told that both libraries can have in common. */
export const describeTold = (body: Told): string =>
  createShaper()({ status: 0, said: [], location: null, body })
