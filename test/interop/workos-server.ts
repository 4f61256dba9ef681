import { createServer } from 'node:http'
import type { JWTPayload } from 'jose'
import { createIssuer } from './issuer.js'

/** The part of WorkOS that its SDKs need, on a port of this machine. */
export interface WorkosServer {
  readonly port: number
  readonly jwksUrl: string
  /** How many sessions were handed out. */
  readonly handedOut: () => number
  /** Claims that every token gets from now on. */
  claims: JWTPayload
  close(): Promise<void>
}

const USER = {
  object: 'user',
  id: 'user_1',
  email: 'ada@example.test',
  email_verified: true,
  first_name: 'Ada',
  last_name: 'Lovelace',
  profile_picture_url: null,
  last_sign_in_at: null,
  locale: null,
  external_id: null,
  metadata: { team: 'engine' },
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
}

/** Starts it. Every grant is good; the n-th session has the refresh token `refresh_n`. */
export async function startWorkos(): Promise<WorkosServer> {
  const issuer = await createIssuer('k1')
  let count = 0
  const session = async (): Promise<object> => {
    count += 1
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, exp: now + 300 }
    const claims: JWTPayload = { sub: USER.id, sid: 'session_1', ...times, ...running.claims }
    return {
      user: USER,
      organization_id: claims.org_id,
      access_token: await issuer.sign({ ...claims, jti: String(count) }),
      refresh_token: `refresh_${count}`,
      authentication_method: 'Password',
      impersonator: { email: 'admin@example.test', reason: null },
    }
  }
  const server = createServer(async ({ method, url }, response) => {
    const body =
      method === 'POST' && url === '/user_management/authenticate' ? await session() : issuer.keys()
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const running: WorkosServer = {
    port,
    jwksUrl: `http://127.0.0.1:${port}/sso/jwks/client_1`,
    handedOut: () => count,
    claims: { org_id: 'org_1', role: 'admin', permissions: ['read', 'write'] },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return running
}
