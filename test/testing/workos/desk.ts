import { createManualClock } from '../../../src/testing/clock.js'
import {
  createScriptedWorkOS,
  type ScriptedWorkOSOptions,
} from '../../../src/testing/workos/index.js'

/** What the wire answers, loosely. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export const BASE = 'https://auth.example'
export const CLIENT = 'client_scripted'
export const SECRET = 'sk_test_scripted'
export const CALLBACK = 'http://localhost:3000/callback'

/** RFC 7636, appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

const USERS = [
  {
    email: 'ada@example.com',
    password: 'correct horse',
    firstName: 'Ada',
    lastName: 'Lovelace',
    memberships: [
      { organizationId: 'org_a', role: 'admin', permissions: ['posts:write'] },
      { organizationId: 'org_b' },
    ],
  },
  { email: 'bob@example.com', password: 'hunter22' },
]

const parse = (text: string): Answer['body'] => {
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {}
  return typeof parsed === 'object' ? { ...parsed } : {}
}

/** The claims of a token, unverified. */
export const claimsOf = (token: unknown): Answer['body'] =>
  parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())

/** A scripted server on a manual clock, and short ways to talk to it. */
export function createDesk(options: ScriptedWorkOSOptions = {}) {
  const clock = createManualClock()
  const server = createScriptedWorkOS({ users: USERS, clock, signing: 'digest', ...options })

  async function send(path: string, init: RequestInit = {}, via = server.fetch): Promise<Answer> {
    const response = await via(BASE + path, init)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parse(text) }
  }
  const post = (path: string, body: unknown, init: RequestInit = {}): Promise<Answer> =>
    send(path, { method: 'POST', body: JSON.stringify(body), ...init })
  const authenticate = (fields: object, init: RequestInit = {}): Promise<Answer> =>
    post('/user_management/authenticate', { client_id: CLIENT, ...fields }, init)
  const refresh = (token: unknown, fields: object = {}): Promise<Answer> =>
    authenticate({ grant_type: 'refresh_token', refresh_token: token, ...fields })
  const password = (fields: object = {}): Promise<Answer> =>
    authenticate({
      grant_type: 'password',
      client_secret: SECRET,
      email: 'ada@example.com',
      password: 'correct horse',
      ...fields,
    })
  const authorize = (query: Readonly<Record<string, string>> = {}): Promise<Answer> => {
    const fields = { client_id: CLIENT, redirect_uri: CALLBACK, response_type: 'code', ...query }
    return send(`/user_management/authorize?${new URLSearchParams(fields)}`)
  }

  return {
    clock,
    server,
    send,
    post,
    authenticate,
    refresh,
    password,
    authorize,
    /** A code for Ada, with the challenge of VERIFIER unless told otherwise. */
    async code(query: Readonly<Record<string, string>> = {}): Promise<string> {
      const pkce = { code_challenge: CHALLENGE, code_challenge_method: 'S256' }
      const hint = { provider: 'authkit', login_hint: 'ada@example.com' }
      const { headers } = await authorize({ ...hint, ...pkce, ...query })
      return new URL(headers.get('location') ?? BASE).searchParams.get('code') ?? ''
    },
    exchange: (code: string, fields: object = {}): Promise<Answer> =>
      authenticate({ grant_type: 'authorization_code', code, code_verifier: VERIFIER, ...fields }),
    /** Signs Ada in by password; the body. */
    signIn: async (): Promise<Answer['body']> => (await password()).body,
    sessionId: (): string => server.sessions()[0]?.id ?? '',
  }
}

export type Desk = ReturnType<typeof createDesk>

/** Status, envelope and code in one: `400 error:invalid_grant`, `403 code:mfa_enrollment`. */
export function said({ status, body }: Answer): string {
  const envelope = ['error', 'code'].find((name) => name in body)
  if (envelope) return `${status} ${envelope}:${body[envelope]}`
  return 'message' in body ? `${status} message` : `${status}`
}

const SELECTION = 'urn:workos:oauth:grant-type:organization-selection'

/** A desk that asks Ada, who has two organizations, to choose. */
export const choosing = (): Desk => createDesk({ organizationChoice: 'required' })

/** A desk whose org_a requires a step. */
export const strict = (requires: 'sso' | 'mfa_enrollment', mfaEnvelope?: 'code' | 'error'): Desk =>
  createDesk({ organizations: [{ id: 'org_a', requires }], mfaEnvelope })

/** Chooses an organization: org_b, unless told otherwise. */
export async function selected(desk: Desk, fields: object): Promise<Answer> {
  const { body } = await desk.password()
  const { pending_authentication_token } = body
  return desk.authenticate({
    grant_type: SELECTION,
    client_secret: SECRET,
    pending_authentication_token,
    organization_id: 'org_b',
    ...fields,
  })
}
