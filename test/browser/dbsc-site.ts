import { execFileSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Grant } from '../../src/core/session.js'
import { problemOf } from '../../src/server/backend/problems.js'
import { createDeviceBinding } from '../../src/server/dbsc/index.js'
import {
  applyCookies,
  applySession,
  createBackend,
  createRequestSessions,
  type RequestSessions,
} from '../../src/server/index.js'
import type { SecurityEvent } from '../../src/server/shared/security-events.js'
import { createWorkOSSessions, workosServer } from '../../src/server/workos/index.js'
import { createScriptedWorkOS } from '../../src/testing/workos/index.js'
import { relay, toRequest } from '../support/node-server.js'

const ADA = 'ada@example.com'
const PASSWORD = 'a password of more than 32 characters'

/** With what Ada signs in at a page of the apps' own. */
const WITH_PASSWORD = { email: ADA, password: 'secret-1' }

/** The hosts of the site. Sessions are proved for ten minutes at the one, and for three seconds at the other. */
const APPS = { 'app.test': 600_000, 'brief.test': 3_000 } as const
const AUTHORITY = 'authority.test'

/** A request as it arrived at one of the apps. */
export interface Arrival {
  readonly host: string
  readonly path: string
  /** Whether the browser had proof of its key with it. */
  readonly isProven: boolean
  /** Whether it is a renewal that is signed. */
  readonly isSigned: boolean
  readonly skipped: string | null
}

/** Makes a certificate and its key, and what Chromium is told so that it believes it without a complaint. */
function createCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-dbsc-'))
  const at = (name: string): string => join(folder, name)
  const names = [...Object.keys(APPS), AUTHORITY].map((host) => `DNS:${host}`)
  const wanted = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const files = ['-nodes', '-keyout', at('key'), '-out', at('certificate')]
  const subject = ['-subj', '/CN=holdfast', '-addext', `subjectAltName=${names.join()}`]
  execFileSync('openssl', [...wanted, ...files, '-days', '2', ...subject], { stdio: 'ignore' })
  const [key, cert] = [readFileSync(at('key')), readFileSync(at('certificate'))]
  rmSync(folder, { recursive: true })
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
  return { key, cert, pin: createHash('sha256').update(spki).digest('base64') }
}

/** What an app answers besides its routes of the backend: who it is that asks. */
async function whoIs(sessions: RequestSessions, request: Request): Promise<Response> {
  const found = await sessions.getSession(request.headers.get('Cookie'), { request })
  const status = found.session ? 200 : problemOf(found.failure).status
  const email = found.session?.user.email ?? `nobody (${found.failure?.reason})`
  const response = new Response(`<!doctype html><p>${email}</p>`, {
    status,
    headers: { 'Content-Type': 'text/html' },
  })
  applySession(response.headers, found)
  return response
}

/** Signs somebody in as a Server Action of Next.js does: it sets cookies, and no header. */
async function act(sessions: RequestSessions, grant: Grant): Promise<Response> {
  const { setCookies } = await sessions.setSession(grant, null, { withoutHeaders: true })
  const response = new Response(null, { status: 204 })
  applyCookies(response.headers, setCookies)
  return response
}

/** Starts two apps whose sessions are bound to devices, and the auth server of another site, all by https. */
export async function startDeviceSite() {
  const { key, cert, pin } = createCertificate()
  const arrivals: Arrival[] = []
  const events: SecurityEvent[] = []
  /** `ahead`: how far the apps' clock is ahead of the browser's, in ms. */
  const state = { isDown: false, ahead: 0 }
  const now = (): number => Date.now() + state.ahead
  const hosts = new Map<string, (request: Request) => Promise<Response>>()

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [host = ''] = (incoming.headers.host ?? '').split(':')
    const request = await toRequest(incoming, `https://${incoming.headers.host}`)
    const answer = hosts.get(host)
    await relay((await answer?.(request)) ?? new Response(null, { status: 404 }), outgoing)
  }
  const server = createServer({ key, cert }, (request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const originOf = (host: string): string => `https://${host}:${port}`
  const apps = Object.keys(APPS)

  const workos = createScriptedWorkOS({
    users: [{ ...WITH_PASSWORD, memberships: [{ organizationId: 'org_1' }] }],
    clients: [
      { id: 'client_1', redirectUris: apps.map((host) => `${originOf(host)}/auth/callback`) },
    ],
  })
  const url = originOf(AUTHORITY)
  const client = { clientId: 'client_1', apiKey: 'sk_test_scripted', url, fetch: workos.fetch }
  const links = apps.map((host) => `<a id=${host.split('.')[0]} href=${originOf(host)}/>go</a>`)
  hosts.set(AUTHORITY, async (request) =>
    new URL(request.url).pathname === '/links'
      ? new Response(links.join(' '), { headers: { 'Content-Type': 'text/html' } })
      : workos.fetch(request, { redirect: 'manual' }),
  )

  for (const [host, lifetime] of Object.entries(APPS)) {
    const sessions = createRequestSessions({
      sessions: createWorkOSSessions({
        ...client,
        onSecurityEvent: (one) => void events.push(one),
        now,
      }),
      cookie: { password: PASSWORD },
      deviceBound: createDeviceBinding({ lifetime }),
      now,
    })
    const signIn = workosServer(client)
    const backend = createBackend({ sessions, signIn, password: PASSWORD, now })
    hosts.set(host, async (request) => {
      const { pathname: path } = new URL(request.url)
      if (path === '/favicon.ico') return new Response(null, { status: 404 })
      arrivals.push({
        host,
        path,
        isProven: /__Host-holdfast-bound-/.test(request.headers.get('Cookie') ?? ''),
        isSigned: request.headers.has('Secure-Session-Response'),
        skipped: request.headers.get('Secure-Session-Skipped'),
      })
      const isDown = state.isDown && path === '/auth/dbsc/refresh'
      if (isDown) return new Response(null, { status: 503 })
      if (path === '/action') return act(sessions, await signIn.exchangePassword(WITH_PASSWORD))
      return (await backend.handle(request)) ?? whoIs(sessions, request)
    })
  }

  return {
    arrivals,
    events,
    state,
    originOf,
    authority: url,
    /** What Chromium is started with. */
    switches: [
      '--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting',
      `--ignore-certificate-errors-spki-list=${pin}`,
      '--host-resolver-rules=MAP *.test 127.0.0.1',
    ],
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
