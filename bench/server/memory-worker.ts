// A process that meets more cookies than it can remember, and says what is left of them in its heap.
import { createHmac } from 'node:crypto'
import { createSealedSessions } from 'holdfast/server'
import type { HeapUse, MemoryOrder } from './memory.js'

const { cookies }: MemoryOrder = JSON.parse(process.argv[2] ?? '{}')
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
  (await sessions.openSession({ value, password }).getSession()).authenticated

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
  const empty = heap()
  for (let id = 1; id <= cookies; id++) {
    if (!(await isSomebody(await cookieOf(id)))) throw new Error('A session is taken for none.')
  }
  const known = heap()
  const genuine = await cookieOf(1)
  for (let id = 1; id <= cookies; id++) {
    if (await isSomebody(junkOf(id, genuine))) throw new Error('Junk is taken for a session.')
  }
  return { distinct: known - empty, junk: heap() - known }
}

process.send?.(await use(), () => process.disconnect())
