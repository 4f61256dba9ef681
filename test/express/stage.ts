import { type IncomingHttpHeaders, request } from 'node:http'
import { createRequire } from 'node:module'
import express from 'express'
import { backendHandler, createExpressSessions } from '../../src/express/index.js'
import type { Backend, RequestSessions } from '../../src/server/index.js'
import { listen, type NodeServer } from '../support/node-server.js'

/** Both majors that are in use. The older one comes without types; what is used here is the same. */
const four: typeof express = createRequire(import.meta.url)('express-4')
export const MAJORS = [
  ['4', four],
  ['5', express],
] as const

/** An answer that has come whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly setCookies: readonly string[]
  readonly text: string
  json(): unknown
}

/** What is asked. */
export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string | Uint8Array
}

const NAVIGATION = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Site': 'same-origin' }

/** Asks by Node's own client: it sends each header as it is told, as browsers do theirs. */
export function ask(origin: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  const { method = 'GET', headers = {}, body } = asked
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          setCookies: response.headers['set-cookie'] ?? [],
          text,
          json: () => JSON.parse(text),
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Serves an app on the loopback. */
export const serve = (app: ReturnType<typeof express>): Promise<NodeServer> =>
  listen(async (incoming, outgoing) => app(incoming, outgoing))

/** What an app is made of, and the cookies of its browser. */
interface Site {
  readonly backend: Backend
  readonly sessions: RequestSessions<{ readonly id: string }>
  readonly jar: { header(): string | null; take(answer: Response): unknown }
}

/** An app as short as the docs have it, and a browser that asks it and keeps what comes back. */
export async function openSite(
  make: typeof express,
  { backend, sessions, jar }: Site,
  signInPath: string,
) {
  const auth = createExpressSessions({ sessions })
  const site = make()
  site.use(backendHandler(backend), auth.middleware)
  site.get('/me', auth.requireSession({ signInPath }), (request, response) => {
    response.json(auth.sessionOf(request).user)
  })
  const server = await serve(site)

  async function get(path: string, asked: Asked = {}): Promise<Answer> {
    const cookie = jar.header()
    const headers = { ...NAVIGATION, ...(cookie && { cookie }), ...asked.headers }
    const answer = await ask(server.origin, path, { ...asked, headers })
    const kept = new Headers(answer.setCookies.map((value) => ['Set-Cookie', value]))
    jar.take(new Response(null, { headers: kept }))
    return answer
  }
  return { server, get }
}
