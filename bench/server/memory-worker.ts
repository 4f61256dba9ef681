// A process that meets more cookies than it can remember, and says what is left of them in its heap.
import { createHmac } from 'node:crypto'
import { createSealedSessions } from 'holdfast/server'
import { createSuperTokens, createSuperTokensSessions } from 'holdfast/server/supertokens'
import type { HeapUse, MemoryOrder } from './memory.js'

const { cookies, refreshes }: MemoryOrder = JSON.parse(process.argv[2] ?? '{}')
const SECRET = 'a secret of the issuer, which is shared with the app'
const password = 'a cookie password of the benchmark, which is long'
const permissions = Array.from({ length: 20 }, (_, index) => `resource-${index}:manage`)
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
const exp = Math.floor(Date.now() / 1_000) + 86_400

const sessions = createSealedSessions({
  provider: { id: 'none', refresh: async () => null },
  verification: { secret: SECRET, audience: false },
})

/** An access token as large as those of a real app, and genuine. */
function tokenOf(id: number): string {
  const claims = { sub: `user_${id}`, sid: `session_${id}`, org_id: 'org_1', permissions, exp }
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
}

async function cookieOf(id: number): Promise<string> {
  const user = { id: `user_${id}`, email: `person-${id}@example.com`, firstName: 'Ada' }
  const grant = { accessToken: tokenOf(id), refreshToken: `refresh_${id}`, lifetime: 1_000, user }
  return sessions.sealSession(grant, { password })
}

const isSomebody = async (value: string): Promise<boolean> =>
  (await sessions.openSession({ value, password }).getSession()).signedIn

/** A core that knows no refresh token, as it answers whoever made one up. */
const stranger: typeof fetch = async (input) =>
  Response.json(
    String(input).includes('/apiversion')
      ? { versions: ['5.0'] }
      : { status: 'UNAUTHORISED', message: 'Session not found in db.' },
  )

const core = createSuperTokens({ hosts: 'http://127.0.0.1:3567', fetch: stranger })
const backend = createSuperTokensSessions({ superTokens: core })

/** What a stranger's page gets for a refresh token in the cookie that SuperTokens has of its own. */
async function statusOfRefresh(token: string): Promise<number | undefined> {
  const path = await backend.refreshTokenPath()
  const headers = { Cookie: `sRefreshToken=${token}`, 'st-auth-mode': 'cookie' }
  const response = await backend.handle(
    new Request(`https://app.example${path}`, { method: 'POST', headers }),
  )
  await response?.text()
  return response?.status
}

/** Every other one has the form of a core's, so that the core has to say that it is none. */
const refreshTokenOf = (id: number): string =>
  `${btoa(`made up by a stranger: ${id}`)}.${id}${id % 2 ? '.V2' : ''}`

/** So many requests of strangers are under way at once. */
const TOGETHER = 50

/** Refuses the refresh tokens from one number on, and as many as are asked together. */
async function refuseFrom(first: number): Promise<void> {
  const ids = Array.from({ length: TOGETHER }, (_, index) => first + index)
  const found = await Promise.all(ids.map((id) => statusOfRefresh(refreshTokenOf(id))))
  if (found.some((status) => status !== 401)) throw new Error('A token is not refused.')
}

/** Bytes of the heap that are in use. */
function heap(): number {
  if (!globalThis.gc) throw new Error('This process needs --expose-gc.')
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** What strangers send: a seal that another password made, as it were, or no seal at all. */
const junkOf = (id: number, genuine: string): string =>
  id % 2 ? `${genuine.slice(0, -16)}${String(id).padStart(14, '0')}~2` : `${id}`.repeat(100)

async function use(): Promise<HeapUse> {
  // What the code itself takes when it has run is not what is asked.
  for (let id = 0; id < 300; id++) await isSomebody(await cookieOf(-id))
  await isSomebody(junkOf(1, await cookieOf(0)))
  for (let id = -300; id < 0; id += TOGETHER) await refuseFrom(id)
  const empty = heap()
  for (let id = 1; id <= cookies; id++) {
    if (!(await isSomebody(await cookieOf(id)))) throw new Error('A session is taken for none.')
  }
  const known = heap()
  const genuine = await cookieOf(1)
  for (let id = 1; id <= cookies; id++) {
    if (await isSomebody(junkOf(id, genuine))) throw new Error('Junk is taken for a session.')
  }
  const spammed = heap()
  for (let id = 1; id <= refreshes; id += TOGETHER) await refuseFrom(id)
  return { distinct: known - empty, junk: spammed - known, refreshes: heap() - spammed }
}

process.send?.(await use(), () => process.disconnect())
