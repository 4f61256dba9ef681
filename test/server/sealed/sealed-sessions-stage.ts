import type { Grant } from '../../../src/core/session.js'
import { readClaims } from '../../../src/providers/shared/jwt.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import { unsealText } from '../../../src/server/sealed/seal.js'
import {
  createSealedSessions,
  type SealedSessionsOptions,
  type SessionProvider,
} from '../../../src/server/sealed/sealed-sessions.js'
import { parseSealedData, type SealedData } from '../../../src/server/sealed/session-data.js'
import { createWorkOSSessions, workosServer } from '../../../src/server/workos/index.js'
import {
  createScriptedWorkOS,
  type ScriptedWorkOSOptions,
} from '../../../src/testing/workos/index.js'
import { jwt } from '../../support/wire.js'

export const PASSWORD = 'a cookie password that is long enough'
export const OTHER = 'another password, and it is long enough'
export const START = 1_700_000_000_000
const CALLBACK = 'http://localhost:3000/callback'

export const ADA = {
  email: 'ada@example.test',
  firstName: 'Ada',
  memberships: [
    {
      organizationId: 'org_1',
      role: 'admin',
      roles: ['admin', 'member'],
      permissions: ['posts:write'],
      entitlements: ['audit-logs'],
      featureFlags: ['beta'],
    },
    { organizationId: 'org_2', role: 'member', permissions: ['posts:read'] },
  ],
}

/** A promise that is settled from outside. */
export interface Gate {
  readonly passed: Promise<void>
  open(): void
}

export function createGate(): Gate {
  let open = (): void => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { passed, open: () => open() }
}

export interface StageOptions extends ScriptedWorkOSOptions {
  readonly coordinator?: Coordinator
}

/** Tokens that can be verified. */
export const signed = { signing: 'rs256' } as const

/** WorkOS, a server app and its time. */
export function createStage({ coordinator, ...options }: StageOptions = {}) {
  const clock = { time: START, now: () => clock.time }
  const wire: { hold: Promise<void> | null } = { hold: null }
  const server = createScriptedWorkOS({
    clock,
    users: [ADA],
    // Keys of RSA take long to make, and a refresh verifies nothing.
    signing: 'digest',
    ...options,
  })
  const client = {
    clientId: 'client_scripted',
    apiKey: 'sk_test_scripted',
    url: 'http://localhost',
    async fetch(...request: Parameters<typeof fetch>) {
      const { hold } = wire
      const response = await server.fetch(...request)
      await hold
      return response
    },
  }
  const workos = workosServer(client)
  const now = clock.now
  /** The sessions of one process. */
  const start = (shared: Coordinator = memoryCoordinator({ now })) =>
    createWorkOSSessions({ ...client, coordinator: shared, now })

  /** Signs Ada in by redirect. */
  async function signIn(organizationId = 'org_1') {
    const url = workos.authorizeUrl({
      redirectUri: CALLBACK,
      loginHint: ADA.email,
      organizationId,
    })
    const { headers } = await server.fetch(url, { redirect: 'manual' })
    const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
    return workos.exchangeCode({ code })
  }

  /** The server has done its work, and its answers stay on the way until they are let go. */
  function hold(): () => void {
    const gate = createGate()
    wire.hold = gate.passed
    return () => {
      wire.hold = null
      gate.open()
    }
  }

  const sessions = start(coordinator)
  return {
    clock,
    server,
    client,
    hold,
    workos,
    sessions,
    start,
    signIn,
    /** The cookie of Ada, who has just signed in. */
    cookie: async () => sessions.sealSession(await signIn(), { password: PASSWORD }),
    load: (value: string, password = PASSWORD) => sessions.openSession({ value, password }),
    exchanges: () => server.count('refresh_token'),
  }
}

/** What the cookies of `answering` begin with. */
export const FIRST = {
  accessToken: jwt({ sub: 'user_1', sid: 'session_1' }),
  refreshToken: 'first',
  user: { id: 'user_1' },
}

/** Sessions of a provider that answers by hand, in order. Each look at the time takes 1 ms. */
export async function answering(
  answers: (Partial<Grant> | Error | null)[],
  {
    refresh,
    ...options
  }: Partial<SealedSessionsOptions> & Partial<Pick<SessionProvider, 'refresh'>> = {},
) {
  const sent: string[] = []
  let time = START
  const sessions = createSealedSessions({
    now: () => time++,
    provider: {
      id: 'by-hand',
      async refresh(token, context) {
        sent.push(token)
        if (refresh) return refresh(token, context)
        const answer = answers.shift()
        if (answer instanceof Error) throw answer
        return answer ? { accessToken: FIRST.accessToken, lifetime: 1000, ...answer } : null
      },
    },
    verification: { secret: 'a secret of the issuer, which is long', audience: false },
    ...options,
  })
  const password = PASSWORD
  const value = await sessions.sealSession({ ...FIRST, lifetime: 1000 }, { password })
  const sealed = { value, password }
  const pass = (ms: number): void => {
    time += ms
  }
  return { sent, sessions, sealed, session: sessions.openSession(sealed), pass }
}

interface Result {
  readonly signedIn: boolean
}
type Success<R extends Result> = Extract<R, { readonly signedIn: true }>

const isSuccess = <R extends Result>(result: R): result is Success<R> => result.signedIn

/** The success that a result must be. */
export function success<R extends Result>(result: R): Success<R> {
  if (isSuccess(result)) return result
  throw new Error(`It failed: ${JSON.stringify(result)}`)
}

/** What a cookie holds. */
export async function opened(sealed = '', password = PASSWORD): Promise<SealedData> {
  const data = parseSealedData((await unsealText(sealed, password)) ?? '')
  if (!data) throw new Error('The cookie does not open.')
  return data
}

/** A claim of the access token in a cookie. */
export const claim = async (sealed: string | undefined, name: string): Promise<unknown> =>
  readClaims((await opened(sealed)).accessToken)?.[name]
