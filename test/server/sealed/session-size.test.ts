import { describe, expect, it } from 'vitest'
import type { AuthError } from '../../../src/core/errors.js'
import { gotrue } from '../../../src/providers/gotrue/index.js'
import { unsealText } from '../../../src/server/sealed/seal.js'
import {
  createSealedSessions,
  type SealedSessionsOptions,
} from '../../../src/server/sealed/sealed-sessions.js'
import { createScriptedGoTrue } from '../../../src/testing/index.js'
import { jwt } from '../../support/wire.js'
import { createOpaqueStage, LIFE, password } from './opaque-stage.js'
import { opened, START, success } from './sealed-sessions-stage.js'

/** What Node takes of headers by default, in bytes (`--max-http-header-size`). */
const NODE = 16_384
const URL_OF_GOTRUE = 'http://localhost/auth/v1'
const PERSON = { email: 'ada@example.test', password: 'secret-1' }
const filled = (length: number) => ({ note: 'x'.repeat(length) })

/** GoTrue, whose tokens hold what a user keeps in the metadata, and an app. */
async function createStage(size: number, options: Partial<SealedSessionsOptions> = {}) {
  const clock = { time: START, now: () => clock.time }
  const server = createScriptedGoTrue({ clock, signing: 'es256' })
  await server.fetch(`${URL_OF_GOTRUE}/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...PERSON, data: filled(size) }),
  })
  const provider = gotrue({ url: URL_OF_GOTRUE, fetch: server.fetch, now: clock.now })
  const reports: AuthError[] = []
  const sessions = createSealedSessions({
    provider,
    verification: {
      audience: 'authenticated',
      jwksUrl: `${URL_OF_GOTRUE}/.well-known/jwks.json`,
      algorithms: ['ES256'],
      fetch: server.fetch,
    },
    report: (error) => void reports.push(error),
    now: clock.now,
    ...options,
  })
  const grant = await provider.signIn?.(PERSON, { signal: new AbortController().signal })
  if (!grant) throw new Error('There is no session.')
  return { server, sessions, grant, reports, clock }
}

/** Data within data, so many times: a list, which a loop makes and JSON.parse reads. */
function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level += 1) value = [value]
  return value
}

describe('a session with much in it', () => {
  it('holds once what its access token says as well: 4 kB of metadata fit what Node takes', async () => {
    const { sessions, grant } = await createStage(4_000)
    const sealed = await sessions.sealSession(grant, { password })
    expect(JSON.stringify({ ...grant.user }).length).toBeGreaterThan(4_000)
    expect(sealed.length).toBeLessThan(12_288)
    expect(sealed.length).toBeLessThan(NODE)
    const json = JSON.parse((await unsealText(sealed, password)) ?? '')
    expect(JSON.stringify(json.user)).not.toContain('xxx')
    const found = await sessions.openSession({ value: sealed, password }).getSession()
    expect(success(found).user).toEqual(grant.user)
  })

  it('is sealed whole where it fits one cookie, as other libraries read it', async () => {
    const { sessions, grant } = await createStage(10)
    const sealed = await sessions.sealSession(grant, { password })
    const json = JSON.parse((await unsealText(sealed, password)) ?? '')
    expect(json.user).toEqual(grant.user)
    expect(json).not.toHaveProperty('userFromToken')
  })

  it('is refused at the sign-in where it is too large for its cookies, with both numbers', async () => {
    const { sessions, grant, reports } = await createStage(9_000)
    const sealing = sessions.sealSession(grant, { password })
    await expect(sealing).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(/\d{5} characters of at most 12288/),
    })
    expect(reports).toEqual([])
  })

  it('may have more, or less, where the app says so', async () => {
    const { sessions, grant } = await createStage(9_000, { maxSize: 30_000 })
    expect((await sessions.sealSession(grant, { password })).length).toBeGreaterThan(12_288)
    const small = await createStage(10, { maxSize: 100 })
    const sealing = small.sessions.sealSession(small.grant, { password })
    await expect(sealing).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('keeps its tokens when it grows too large at a refresh, and loses what it knows of the user', async () => {
    const reports: AuthError[] = []
    const report = (error: AuthError): void => void reports.push(error)
    const { signIn, load, tokens } = createOpaqueStage({ report })
    const session = load(await signIn())
    const user = { id: 'ada', email: 'ada@example.test', profile: filled(20_000) }
    tokens.answer = { user }
    const result = success(await session.refreshSession())
    // This answer has it all.
    expect(result.user).toEqual(user)
    expect(result.sealed.length).toBeLessThan(2_000)
    expect(await opened(result.sealed)).toMatchObject({
      accessToken: 'opaque-1',
      refreshToken: 'refresh-1',
      user: { id: 'ada', email: 'ada@example.test' },
    })
    expect(reports).toEqual([
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringMatching(/The session of ada is too large.*the user was left out/),
      }),
    ])
    tokens.answer = { user: { id: 'ada', email: 'new@example.test' } }
    expect(success(await session.refreshSession()).user.email).toBe('new@example.test')
    expect(success(await session.getSession()).user.email).toBe('new@example.test')
  })

  it('keeps its tokens also where they alone are too large', async () => {
    const { signIn, load, tokens } = createOpaqueStage()
    const session = load(await signIn())
    tokens.answer = { accessToken: 'x'.repeat(15_000) }
    const result = success(await session.refreshSession())
    expect(await opened(result.sealed)).toMatchObject({ refreshToken: 'refresh-1' })
  })

  it.each([15_000, 60_000])(
    'keeps nobody out by an access token that has grown to %d characters: its next request fits, and brings another',
    async (length) => {
      const reports: AuthError[] = []
      const report = (error: AuthError) => void reports.push(error)
      const { signIn, load, clock, tokens } = createOpaqueStage({ report })
      const session = load(await signIn())
      tokens.answer = { accessToken: 'x'.repeat(length) }
      clock.time += LIFE
      const result = success(await session.refreshSession())
      expect(result.session.accessToken).toHaveLength(length)
      expect(result.sealed.length).toBeLessThan(12_288)
      expect(reports.at(-1)?.message).toMatch(/new access token was left out/)
      expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
      tokens.answer = null
      const next = success(await session.refreshSession())
      expect(next.session).toMatchObject({ accessToken: 'opaque-2', refreshToken: 'refresh-2' })
    },
  )

  it('keeps its tokens where somebody has nested their own data deeper than JSON can be written', async () => {
    const { signIn, load, tokens } = createOpaqueStage()
    const session = load(await signIn())
    const user = { id: 'ada', email: 'ada@example.test', data: nested(20_000) }
    tokens.answer = { user }
    const { sealed } = success(await session.refreshSession())
    expect(await opened(sealed)).toMatchObject({
      accessToken: 'opaque-1',
      refreshToken: 'refresh-1',
      user: { id: 'ada', email: 'ada@example.test' },
    })
    await expect(signIn({ user })).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('keeps its tokens where its access token holds data nested deeper than JSON can be written', async () => {
    const { signIn, load, tokens } = createOpaqueStage({ maxSize: 60_000 })
    const session = load(await signIn())
    const data = `${'['.repeat(10_000)}1${']'.repeat(10_000)}`
    const accessToken = `e30.${btoa(`{"sub":"ada","data":${data}}`)}.sig`
    const user = { id: 'ada', note: 'x'.repeat(5_000) }
    tokens.answer = { accessToken, user }
    success(await session.refreshSession())
    expect(success(await session.getSession())).toMatchObject({ accessToken, user })
  })

  it('keeps its tokens where what hears of its size throws', async () => {
    const report = () => {
      throw new Error('The log is full.')
    }
    const { signIn, load, tokens } = createOpaqueStage({ report })
    const session = load(await signIn())
    const user = { id: 'ada', profile: 'x'.repeat(100_000) }
    tokens.answer = { user }
    const { sealed } = success(await session.refreshSession())
    expect(success(await load(sealed).getSession()).accessToken).toBe('opaque-1')
  })

  it('takes nothing from a token that the seal did not leave to it', async () => {
    const { sessions, load, grant } = createOpaqueStage()
    const accessToken = jwt({ sub: 'ada', role: 'admin', profile: { level: 9 } })
    const user = { id: 'ada', profile: { level: 1 } }
    const sealed = await sessions.sealSession(grant({ user, accessToken }), { password })
    expect(success(await load(sealed).getSession()).user).toEqual(user)
  })
})
