import { describe, expect, it } from 'vitest'
import {
  createManualClock,
  createScriptedGoTrue,
  type ScriptedGoTrueOptions,
} from '../../../src/testing/index.js'
import { createCredential } from '../../support/device.js'

const ADA = { email: 'ada@example.com', password: 'secret-1' }
const SITE = { rpId: 'app.example', rpName: 'App', origins: ['https://app.example'] }

type Fields = Readonly<Record<string, unknown>>

const at = (body: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, name) : null,
    body,
  )

/** A server with Ada on it, and how she asks it. */
async function start(options: ScriptedGoTrueOptions = {}) {
  const clock = createManualClock({ now: 1_700_000_000_000 })
  const mfa = { phone: true, webauthn: SITE, recoveryCodes: true }
  const server = createScriptedGoTrue({ clock, users: [ADA], path: '', mfa, ...options })
  async function ask(request: string, body?: Fields, token?: string) {
    const [method = '', path = ''] = request.split(' ')
    const response = await server.fetch(`http://localhost${path}`, {
      method,
      headers: {
        'x-supabase-api-version': '2024-01-01',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer: unknown = text === '' ? null : JSON.parse(text)
    return { status: response.status, code: at(answer, 'code'), body: answer }
  }
  const signIn = async (): Promise<string> =>
    String(at((await ask('POST /token?grant_type=password', ADA)).body, 'access_token'))
  const token = await signIn()
  const enrol = async (what: Fields): Promise<string> =>
    String(at((await ask('POST /factors', what, token)).body, 'id'))
  return { clock, server, ask, token, signIn, enrol }
}

const APP = { factor_type: 'totp', friendly_name: 'app' }

describe('the codes of an app', () => {
  // RFC 6238, Appendix B: the last six of its eight digits.
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238: at %i s %s', async (seconds, code) => {
    const server = createScriptedGoTrue({ clock: createManualClock({ now: seconds * 1000 }) })
    expect(await server.totpCode('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toBe(code)
  })

  it('count for a period longer than they are shown, and no more', async () => {
    const { ask, enrol, token, clock, server } = await start()
    const id = await enrol(APP)
    const code = await server.totpCode(id)
    const { body } = await ask(`POST /factors/${id}/challenge`, {}, token)
    const proof = { challenge_id: at(body, 'id'), code }
    await clock.advance(61_000)
    expect((await ask(`POST /factors/${id}/verify`, proof, token)).code).toBe(
      'mfa_verification_failed',
    )
    const next = { ...proof, code: await server.totpCode(id) }
    await clock.advance(30_000)
    expect((await ask(`POST /factors/${id}/verify`, next, token)).status).toBe(200)
  })
})

describe('factors', () => {
  it('need names that differ, and no name is one', async () => {
    const { ask, token } = await start()
    expect((await ask('POST /factors', { factor_type: 'totp' }, token)).status).toBe(200)
    expect((await ask('POST /factors', { factor_type: 'totp' }, token)).code).toBe(
      'mfa_factor_name_conflict',
    )
  })

  it('that nobody proves in five minutes are forgotten at the next enrolment', async () => {
    const { ask, enrol, token, clock } = await start()
    await enrol(APP)
    await clock.advance(300_001)
    expect((await ask('POST /factors', APP, token)).status).toBe(200)
    expect(at((await ask('GET /user', undefined, token)).body, 'factors')).toHaveLength(1)
  })

  it('are ten at most', async () => {
    const { ask, enrol, token } = await start()
    for (let count = 0; count < 10; count++) await enrol({ ...APP, friendly_name: `app ${count}` })
    expect((await ask('POST /factors', APP, token)).code).toBe('too_many_enrolled_mfa_factors')
  })

  it('of one phone are one', async () => {
    const { ask, enrol, token, server } = await start()
    const phone = { factor_type: 'phone', phone: '+1 555 0100' }
    await enrol({ ...phone, friendly_name: 'first' })
    const id = await enrol({ ...phone, friendly_name: 'second' })
    expect(at((await ask('GET /user', undefined, token)).body, 'factors')).toHaveLength(1)
    const { body } = await ask(`POST /factors/${id}/challenge`, {}, token)
    const code = server.messages.at(-1)?.code
    await ask(`POST /factors/${id}/verify`, { challenge_id: at(body, 'id'), code }, token)
    expect((await ask('POST /factors', phone, token)).code).toBe('mfa_verified_factor_exists')
  })

  it('of others are unknown', async () => {
    const { ask, enrol, server } = await start()
    const id = await enrol(APP)
    const bob = { email: 'bob@example.com', password: 'secret-2' }
    server.createUser(bob)
    const { body } = await ask('POST /token?grant_type=password', bob)
    const token = String(at(body, 'access_token'))
    expect((await ask(`DELETE /factors/${id}`, undefined, token)).code).toBe('mfa_factor_not_found')
  })

  it.each([
    ['POST', '', { factor_type: 7 }],
    ['POST', '/{id}/verify', { challenge_id: 'nope', code: '1' }],
    ['POST', '/{id}/verify', { challenge_id: 7, code: '1' }],
  ])('have fields of texts and ids: %s /factors%s %j', async (method, path, body) => {
    const { ask, enrol, token } = await start()
    const id = await enrol(APP)
    const answer = await ask(`${method} /factors${path.replace('{id}', id)}`, body, token)
    expect(answer).toMatchObject({ status: 400, code: 'bad_json' })
  })
})

describe('a security key', () => {
  async function asked() {
    const world = await start()
    const id = await world.enrol({ factor_type: 'webauthn' })
    const { body } = await world.ask(`POST /factors/${id}/challenge`, {}, world.token)
    const options = at(body, 'webauthn', 'credential_options', 'publicKey')
    const question = {
      challenge: String(at(options, 'challenge')),
      rpId: SITE.rpId,
      origin: 'https://app.example',
    }
    const verify = (credential_response: unknown, type = 'create') =>
      world.ask(
        `POST /factors/${id}/verify`,
        { challenge_id: at(body, 'id'), webauthn: { type, credential_response } },
        world.token,
      )
    return { ...world, verify, question, device: createCredential() }
  }

  it('that answers what it was asked is enrolled; the challenge is gone with it', async () => {
    const { verify, device, question } = await asked()
    const answer = device.create(question)
    expect(at((await verify(answer)).body, 'user', 'factors', '0', 'status')).toBe('verified')
    expect((await verify(answer)).code).toBe('mfa_factor_not_found')
  })

  it.each([
    ['another challenge', { challenge: 'bm90IHRoaXM' }],
    ['another site', { rpId: 'evil.example' }],
    ['another page', { origin: 'https://evil.example' }],
  ])('that answers %s is refused', async (_, change) => {
    const { verify, device, question } = await asked()
    const answer = await verify(device.create({ ...question, ...change }))
    expect(answer).toMatchObject({ status: 500, code: 'unexpected_failure' })
  })

  it('that only shows a credential has made none', async () => {
    const { verify, device, question } = await asked()
    expect((await verify(device.get(question))).code).toBe('validation_failed')
    expect((await verify(device.get(question), 'request')).status).toBe(500)
  })

  it.each([undefined, null, 'x', {}, { rawId: 'AAAA' }, { rawId: 'AAAA', response: 7 }])(
    'that says %j says nothing',
    async (answer) => {
      const { verify } = await asked()
      expect((await verify(answer)).code).toBe('validation_failed')
    },
  )
})

describe('a refusing hook', () => {
  it('spends no challenge: the same code works later', async () => {
    const { ask, enrol, token, server } = await start()
    const id = await enrol(APP)
    const { body } = await ask(`POST /factors/${id}/challenge`, {}, token)
    const proof = { challenge_id: at(body, 'id'), code: await server.totpCode(id) }
    server.setAccessTokenHook({ refuse: { status: 403, message: 'Not now.' } })
    expect((await ask(`POST /factors/${id}/verify`, proof, token)).status).toBe(403)
    server.setAccessTokenHook(null)
    expect((await ask(`POST /factors/${id}/verify`, proof, token)).status).toBe(200)
  })
})
