import { afterEach, describe, expect, it } from 'vitest'
import { AuthClient, memoryKeys, memoryStorage } from '../../src/index.js'
import { dpop } from '../../src/providers/oidc/dpop.js'
import { oidc, userinfo } from '../../src/providers/oidc/index.js'
import { CALLBACK, createBrowser, type RealOidcOptions, startOidc } from './server.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A real server, and clients of it that share a storage and keys. `ahead`: of their clock, in ms. */
async function createWorld(settings: RealOidcOptions, ahead = 0) {
  const server = await startOidc(settings)
  closing.push(server.close)
  const visit = createBrowser()
  const [storage, keys] = [memoryStorage(), memoryKeys()]
  const answers: (readonly [path: string, status: number])[] = []

  function open() {
    const provider = oidc({
      issuer: server.issuer,
      clientId: 'spa',
      redirectUri: CALLBACK,
      parameters: { prompt: 'consent' },
      loadUser: userinfo,
      dpop: (send) =>
        dpop(send, { now: () => Date.now() + ahead, monotonic: () => performance.now() }),
      async fetch(input, init) {
        const answer = await fetch(input, init)
        answers.push([new URL(String(input)).pathname, answer.status])
        return answer
      },
    })
    const auth = new AuthClient({
      provider,
      storage,
      keys,
      storageKey: 'app',
      fetchOrigins: [server.issuer],
    })
    closing.push(() => auth.dispose())
    return auth
  }

  async function signIn(auth: ReturnType<typeof open>) {
    const url = await visit(await auth.actions.signInUrl())
    const result = await auth.actions.handleRedirect({ url })
    if (!result?.session) throw new Error('There is no session.')
    return result.session
  }

  /** Its userinfo endpoint, which is an API that takes its access tokens. */
  const ask = (auth: ReturnType<typeof open>): Promise<Response> =>
    auth.fetch(`${server.issuer}/me`)

  return { server, open, signIn, ask, answers, keys }
}

const MODES = [
  { rotating: true },
  { rotating: false },
  { rotating: true, nonces: 'offered' },
  { rotating: true, nonces: 'required' },
  { rotating: false, nonces: 'required' },
] as const

describe.each(MODES)('a real oidc-provider that takes proofs: %j', (mode) => {
  it('signs somebody in, refreshes through rotations, and answers requests with proofs', async () => {
    const { server, open, signIn, ask, answers } = await createWorld(mode)
    const auth = open()
    const first = await signIn(auth)
    expect(first).toMatchObject({ extras: { token_type: 'DPoP' }, user: { name: 'Ada' } })
    const tokens = new Set([first.refreshToken])
    for (let round = 0; round < 5; round++) {
      const { session } = await auth.refreshSession()
      expect(session.keyId).toBe(first.keyId)
      tokens.add(session.refreshToken)
      const answer = await ask(auth)
      expect(await answer.json()).toMatchObject({ sub: 'ada' })
    }
    expect(tokens.size).toBe(mode.rotating ? 6 : 1)
    // Where nonces are required, the first request of all learns one; nothing else is refused.
    const refused = answers.filter(([, status]) => status >= 400)
    const wanted = 'nonces' in mode && mode.nonces === 'required'
    expect(refused).toEqual(wanted ? [['/token', 400]] : [])
    expect(server.requests.every(({ status }) => status === 200)).toBe(true)
    expect(server.requests).toHaveLength(5)
  })

  it('has one key and one exchange at a time for ten clients, which know its nonces', async () => {
    const { server, open, signIn, ask, answers } = await createWorld(mode)
    const auth = open()
    await signIn(auth)
    await auth.refreshSession()
    answers.length = 0
    const clients = Array.from({ length: 10 }, open)
    await Promise.all(clients.map((client) => client.getSession()))
    const results = await Promise.all(clients.map((client) => client.refreshSession()))
    expect(results.every(({ user }) => user?.id === 'ada')).toBe(true)
    const asked = await Promise.all(clients.map(ask))
    expect(asked.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(answers.every(([, status]) => status === 200)).toBe(true)
    expect(server.requests.every(({ status }) => status === 200)).toBe(true)
  })

  it('gives whoever copied the session nothing for it', async () => {
    const { server, open, signIn } = await createWorld(mode)
    const auth = open()
    const { accessToken, refreshToken } = await signIn(auth)
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: `${refreshToken}`,
      client_id: 'spa',
    })
    const refreshed = await fetch(`${server.issuer}/token`, { method: 'POST', body })
    expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' })
    for (const [scheme, status] of [
      ['Bearer', 401],
      ['DPoP', 400],
    ]) {
      const headers = { authorization: `${scheme} ${accessToken}` }
      expect((await fetch(`${server.issuer}/me`, { headers })).status).toBe(status)
    }
    expect(await auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('ends the session of a browser that has lost the key, at the next request', async () => {
    const { server, open, signIn, ask, keys } = await createWorld(mode)
    const auth = open()
    const { keyId } = await signIn(auth)
    await keys.remove(`${keyId}`)
    expect((await ask(auth)).status).toBe(401)
    expect(await auth.getSession()).toBeNull()
    expect(server.requests).toEqual([])
  })
})

describe('a real oidc-provider and a clock that is a day off', () => {
  const DAY = 86_400_000

  it.each([DAY, -DAY])('work together where it has nonces: %i ms', async (ahead) => {
    const { open, signIn, ask } = await createWorld({ rotating: true, nonces: 'offered' }, ahead)
    const auth = open()
    await signIn(auth)
    await auth.refreshSession()
    expect((await ask(auth)).status).toBe(200)
  })
})
