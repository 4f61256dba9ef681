import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealText, unsealText } from '../../src/server/sealed/seal.js'
import {
  parseSealedData,
  type SealedData,
  toSealedData,
} from '../../src/server/sealed/session-data.js'
import { createVerifier } from '../../src/server/verification/verify.js'
import { newest, type Sdk, seven } from './sdks.js'
import { startWorkos, type WorkosServer } from './workos-server.js'

const PASSWORD = 'a cookie password that both sides share'
const OTHER = 'a cookie password that nobody shares yet'
const impersonator = { email: 'admin@example.test', reason: null }
const user = { id: 'user_1', email: 'ada@example.test', metadata: { team: 'engine' } }

let server: WorkosServer

beforeAll(async () => {
  server = await startWorkos()
})

afterAll(() => server.close())

async function open(sealed: string, password = PASSWORD): Promise<SealedData> {
  const data = parseSealedData((await unsealText(sealed, password)) ?? '')
  if (!data) throw new Error('It does not open.')
  return data
}

const close = (data: SealedData, password = PASSWORD): Promise<string> =>
  sealText(JSON.stringify(data), password)

describe.each<[string, (port: number) => Sdk]>([
  ['@workos-inc/node, the newest', newest],
  ['@workos-inc/node 7', seven],
])('%s', (_, make) => {
  const sdk = (): Sdk => make(server.port)

  it('seals what opens here, to the last field', async () => {
    const data = await open(await sdk().signIn(PASSWORD))
    expect(data).toMatchObject({
      refreshToken: `refresh_${server.handedOut()}`,
      organizationId: 'org_1',
      authenticationMethod: 'Password',
      impersonator,
    })
    expect(data.user).toMatchObject({ ...user, firstName: 'Ada', emailVerified: true })
    const verifier = createVerifier({ jwksUrl: server.jwksUrl, audience: false })
    expect(await verifier.verify(data.accessToken)).toMatchObject({
      ok: true,
      claims: { sub: 'user_1', sid: 'session_1' },
    })
  })

  it('authenticates what is sealed here', async () => {
    const { accessToken, refreshToken } = await open(await sdk().signIn(PASSWORD))
    const grant = { accessToken, refreshToken, lifetime: 300_000, user, impersonator }
    const sealed = await close(toSealedData({ ...grant, authenticationMethod: 'Password' }))
    expect(await sdk().authenticate(sealed, PASSWORD)).toMatchObject({
      authenticated: true,
      accessToken,
      sessionId: 'session_1',
      organizationId: 'org_1',
      role: 'admin',
      permissions: ['read', 'write'],
      authenticationMethod: 'Password',
      user,
      impersonator,
    })
  })

  it('opens nothing of ours by another password, nor we of theirs', async () => {
    const sealed = await sdk().signIn(PASSWORD)
    expect(await unsealText(sealed, OTHER)).toBeNull()
    const ours = await close(await open(sealed))
    expect(await sdk().authenticate(ours, OTHER)).toEqual({
      authenticated: false,
      reason: 'invalid_session_cookie',
    })
  })

  it('and we change the password in turn', async () => {
    const renewed = await sdk().refresh(await sdk().signIn(PASSWORD), PASSWORD, OTHER)
    const data = await open(renewed ?? '', OTHER)
    const rotated = await sealText(JSON.stringify(data), [PASSWORD, OTHER])
    expect(await sdk().authenticate(rotated, PASSWORD)).toMatchObject({ authenticated: true })
  })

  it('refreshes what we sealed, and we what they did, ten times', async () => {
    let sealed = await sdk().signIn(PASSWORD)
    for (let round = 0; round < 10; round += 1) {
      const before = await open(sealed)
      expect(before.refreshToken).toBe(`refresh_${server.handedOut()}`)
      const renewed = await sdk().refresh(await close(before), PASSWORD)
      const after = await open(renewed ?? '')
      expect(after).toEqual({
        ...before,
        accessToken: after.accessToken,
        refreshToken: `refresh_${server.handedOut()}`,
      })
      expect(after.accessToken).not.toBe(before.accessToken)
      sealed = await close(after)
      expect(await sdk().authenticate(sealed, PASSWORD)).toMatchObject({
        authenticated: true,
        user,
      })
    }
  })

  it('exchanges sessions of a hundred permissions, which no single cookie holds', async () => {
    const modest = server.claims
    const permissions = Array.from({ length: 100 }, (_, index) => `resource-${index}:manage`)
    server.claims = { ...modest, permissions }
    const sealed = await close(await open(await sdk().signIn(PASSWORD)))
    server.claims = modest
    expect(sealed.length).toBeGreaterThan(4096)
    expect(await sdk().authenticate(sealed, PASSWORD)).toMatchObject({ permissions })
  })
})

it('a session goes from one line to the other through us', async () => {
  const [old, now] = [seven(server.port), newest(server.port)]
  const first = await close(await open(await old.signIn(PASSWORD)))
  const second = await close(await open((await now.refresh(first, PASSWORD)) ?? ''))
  const third = await old.refresh(second, PASSWORD)
  expect(await open(third ?? '')).toMatchObject({ user, impersonator, organizationId: 'org_1' })
})
