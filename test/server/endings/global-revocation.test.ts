import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createGlobalRevocation,
  type RevokedSubject,
} from '../../../src/server/endings/global-revocation.js'
import { createGate } from '../sealed/sealed-sessions-stage.js'
import { createEndingsWorld, OKTA, REVOCATION } from './endings-stage.js'

afterEach(() => void vi.useRealTimers())

const ADA = { format: 'iss_sub', iss: OKTA, sub: 'ada' }

describe('a request to revoke all that a person has', () => {
  it('ends their sessions, and none that begins afterwards', async () => {
    const { seal, revoke, isAlive } = await createEndingsWorld()
    const [one, other] = [await seal('sid-1'), await seal('sid-2')]
    const answer = await revoke(ADA)
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    expect(answer.headers.get('Content-Type')).toBeNull()
    expect([await isAlive(one), await isAlive(other)]).toEqual([false, false])
    expect(await isAlive(await seal('sid-3'))).toBe(true)
  })

  it('may name an id of ours, and nobody by an address, nor the people of another issuer', async () => {
    const { seal, revoke, isAlive } = await createEndingsWorld()
    const value = await seal('sid-1')
    expect((await revoke({ format: 'email', email: 'ada@example.com' })).status).toBe(422)
    expect((await revoke({ ...ADA, iss: 'https://id.example' })).status).toBe(422)
    expect(await isAlive(value)).toBe(true)
    expect((await revoke({ format: 'opaque', id: 'ada' })).status).toBe(204)
    expect(await isAlive(value)).toBe(false)
  })

  it('means whom the app says, by an address too: nobody, one or several', async () => {
    const asked: RevokedSubject[] = []
    const found = new Map([
      ['ada@example.com', ['ada']],
      ['nobody@example.com', []],
      ['all@example.com', ['bob', 'ada']],
    ])
    const plain = await createEndingsWorld()
    const world = await createEndingsWorld({
      clock: plain.clock,
      backend: {
        globalRevocation: {
          issuer: OKTA,
          keys: plain.okta.keys,
          audience: REVOCATION,
          findUsers(subject) {
            asked.push(subject)
            return found.get(subject.format === 'email' ? subject.email : '') ?? []
          },
        },
      },
    })
    const [one, two] = [await world.seal('sid-1'), await world.seal('sid-2')]
    const assertion = () =>
      plain.okta.sign(
        {
          iss: OKTA,
          aud: REVOCATION,
          jti: crypto.randomUUID(),
          iat: world.seconds(),
          exp: world.seconds() + 300,
        },
        { typ: 'global-token-revocation+jwt' },
      )
    const revoke = async (email: string): Promise<number> => {
      const answer = await world.post(REVOCATION, {
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          Authorization: `bearer ${await assertion()}`,
        },
        body: JSON.stringify({ sub_id: { format: 'email', email } }),
      })
      return answer.status
    }
    expect(await revoke('nobody@example.com')).toBe(404)
    expect(await world.isAlive(one)).toBe(true)
    expect(await revoke('all@example.com')).toBe(204)
    expect([await world.isAlive(one), await world.isAlive(two)]).toEqual([false, false])
    expect(asked).toHaveLength(2)
  })

  it.each<[string, object, object?]>([
    ['another issuer’s', { iss: 'https://evil.example' }],
    ['for another app of the same issuer', { aud: 'https://other.example/revoke' }],
    ['over', { iat: 1, exp: 301 }],
    ['not good yet', { nbf: 4_000_000_000 }],
    ['one that lives for a day', { exp: 4_000_000_000 }],
    ['without an id', { jti: undefined }],
    ['a logout token', {}, { typ: 'logout+jwt' }],
    ['an access token', {}, { typ: 'at+jwt' }],
  ])('proves nothing by a token that is %s', async (_, claims, header) => {
    const { seal, revoke, isAlive } = await createEndingsWorld()
    const value = await seal('sid-1')
    const answer = await revoke(ADA, claims, header)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer/)
    expect(await isAlive(value)).toBe(true)
  })

  it('proves nothing by a token that was used, and nothing without one', async () => {
    const { seal, revoke, isAlive, post } = await createEndingsWorld()
    const claims = { jti: 'the same' }
    expect((await revoke(ADA, claims)).status).toBe(204)
    const value = await seal('sid-1')
    expect((await revoke(ADA, claims)).status).toBe(401)
    for (const Authorization of ['', 'Bearer', 'Bearer a b', 'Basic YTpi', 'Bearer garbage']) {
      const answer = await post(REVOCATION, {
        headers: { 'Content-Type': 'application/json', Authorization },
        body: JSON.stringify({ sub_id: ADA }),
      })
      expect(answer.status, Authorization).toBe(401)
      // Who has shown no token hears of no error in it (RFC 6750 §3.1).
      const error = Authorization === 'Bearer garbage' ? ' error="invalid_token"' : ''
      expect(answer.headers.get('WWW-Authenticate')).toBe(`Bearer${error}`)
      expect(answer.headers.get('Content-Type')).toBe('application/json')
      expect(answer.headers.get('error')).toBeNull()
    }
    expect(await isAlive(value)).toBe(true)
  })

  it('proves nothing about anybody else by a token that was used', async () => {
    const { seal, revoke, isAlive } = await createEndingsWorld()
    const value = await seal('sid-1')
    const claims = { jti: 'the same' }
    expect((await revoke({ format: 'opaque', id: 'bob' }, claims)).status).toBe(204)
    expect((await revoke(ADA, claims)).status).toBe(401)
    expect(await isAlive(value)).toBe(true)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'ada'],
    ['of no format', { sub: 'ada' }],
    ['of a format that nobody knows', { format: 'phone_number', phone_number: '+1' }],
    ['an address that is a list', { format: 'email', email: ['ada@example.com'] }],
    ['half a subject', { format: 'iss_sub', sub: 'ada' }],
    ['an empty id', { format: 'opaque', id: '' }],
    ['somebody of no issuer', { format: 'iss_sub', iss: OKTA }],
    ['an id under the name of another format', { format: 'phone_number', id: 'ada' }],
    ['an address under the name of another format', { format: 'opaque', email: 'ada@example.com' }],
    ['a subject under the name of another format', { ...ADA, format: 'opaque' }],
  ])('is refused for whom it names: %s', async (_, subject) => {
    const { revoke } = await createEndingsWorld()
    expect((await revoke(subject)).status).toBe(400)
  })

  it.each<[string, () => Promise<string[]>, object]>([
    [
      'cannot look people up',
      () => Promise.reject(new Error('The database is down.')),
      { message: 'The database is down.' },
    ],
    ['says no list', async () => JSON.parse('"ada"'), { code: 'invalid_argument' }],
    ['never answers', () => new Promise(() => {}), { code: 'timeout' }],
  ])('is a failure, and reported, when the app %s', async (_, findUsers, report) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const asked = createGate()
    const plain = await createEndingsWorld()
    const world = await createEndingsWorld({
      clock: plain.clock,
      backend: {
        globalRevocation: {
          issuer: OKTA,
          keys: plain.okta.keys,
          audience: REVOCATION,
          findUsers() {
            asked.open()
            return findUsers()
          },
        },
      },
    })
    const token = await plain.okta.sign({
      iss: OKTA,
      aud: REVOCATION,
      jti: '1',
      iat: world.seconds(),
      exp: world.seconds() + 300,
    })
    const answered = world.post(REVOCATION, {
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ sub_id: ADA }),
    })
    await asked.passed
    await vi.advanceTimersByTimeAsync(10_000)
    const answer = await answered
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('database')
    expect(world.reports).toMatchObject([report])
  })

  it('is taken only where the app says whose', async () => {
    const world = await createEndingsWorld({ backend: { globalRevocation: undefined } })
    expect(world.backend.owns('/auth/global-token-revocation')).toBe(false)
    const { sealed: sessions, okta } = world
    const good = { sessions, issuer: OKTA, audience: REVOCATION, keys: okta.keys }
    expect(createGlobalRevocation(good)).toBeTypeOf('function')
    for (const name of Object.keys(good)) {
      expect(() =>
        Reflect.apply(createGlobalRevocation, null, [{ ...good, [name]: undefined }]),
      ).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    }
  })
})
