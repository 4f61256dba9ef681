import { type WorkOSOptions, workos } from '../../src/providers/workos/index.js'
import { jwt, type Reply } from './wire.js'

/** One request as it left. */
export interface SentToWorkOS {
  readonly method: string
  readonly url: URL
  readonly body: unknown
  readonly credentials: RequestCredentials
  readonly mode: RequestMode
  readonly keepalive: boolean
}

/** The claims of an access token that lives 300 s. */
export const CLAIMS = {
  sub: 'user_1',
  sid: 'session_1',
  org_id: 'org_1',
  role: 'admin',
  roles: ['admin', 'member'],
  permissions: ['posts:write'],
  entitlements: ['audit-logs'],
  feature_flags: ['beta'],
  iat: 100,
  exp: 400,
}

/** An answer of the token endpoint, in WorkOS's words. */
export const sessionBody = (claims: Readonly<Record<string, unknown>> = {}) => ({
  user: { object: 'user', id: 'user_1', email: 'ada@example.com', first_name: 'Ada' },
  organization_id: 'org_1',
  access_token: jwt({ ...CLAIMS, ...claims }),
  refresh_token: 'next-token',
  authentication_method: 'Password',
})

/** A provider whose requests are recorded and answered by hand, in order. */
export function workosWire(options: Partial<WorkOSOptions>, ...replies: Reply[]) {
  const sent: SentToWorkOS[] = []
  const provider = workos({
    clientId: 'client_1',
    async fetch(input, init) {
      const request = new Request(input, init)
      const text = await request.text()
      sent.push({
        method: request.method,
        url: new URL(request.url),
        body: text === '' ? null : JSON.parse(text),
        credentials: request.credentials,
        mode: request.mode,
        keepalive: request.keepalive,
      })
      const reply = replies.shift()
      if (reply === undefined) throw new Error('No reply was prepared for this request.')
      if (reply === 'lost') throw new TypeError('fetch failed')
      if (reply instanceof Response) return reply
      return new Response(JSON.stringify(reply[1]), { status: reply[0] })
    },
    ...options,
  })
  return { provider, sent }
}
