import { describe, expect, it } from 'vitest'
import { readCbor } from '../../../src/testing/gotrue/cbor.js'
import { createManualClock, createScriptedGoTrue } from '../../../src/testing/index.js'
import {
  type CredentialJson,
  type CredentialOptions,
  createCredential,
  type Question,
} from '../../support/device.js'
import { fc } from '../../support/fast-check.js'

const SITE = { rpId: 'app.example', origin: 'https://app.example' }
const ADA = { email: 'ada@example.com', password: 'secret-1' }

/** A server with Ada's session, and what a page would send. */
async function start(device: CredentialOptions = {}) {
  const clock = createManualClock()
  const passkeys = { rpId: SITE.rpId, origins: [SITE.origin] }
  const server = createScriptedGoTrue({ users: [ADA], clock, passkeys })
  let token = ''
  const post = async (path: string, body: object) => {
    const answer = await server.fetch(`http://localhost/auth/v1${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        'X-Supabase-Api-Version': '2024-01-01',
        ...(token && { authorization: `Bearer ${token}` }),
      },
    })
    return { status: answer.status, body: await answer.json() }
  }
  const { body: session } = await post('/token?grant_type=password', ADA)
  token = session.access_token
  const key = createCredential({ userHandle: session.user.id, ...device })
  const challenge = async (folder: string) => {
    const { body } = await post(`/passkeys/${folder}/options`, {})
    return { id: body.challenge_id, asked: { ...SITE, challenge: body.options.challenge } }
  }
  const verify = (folder: string, id: string, credential: unknown) =>
    post(`/passkeys/${folder}/verify`, { challenge_id: id, credential })
  async function register(change: (made: CredentialJson) => unknown = (made) => made, site = {}) {
    const { id, asked } = await challenge('registration')
    return verify('registration', id, change(key.create({ ...asked, ...site })))
  }
  async function answer(
    make: (asked: Question) => unknown = (asked) => key.get(asked),
    folder = 'authentication',
  ) {
    const { id, asked } = await challenge(folder)
    return verify('authentication', id, make(asked))
  }
  return { clock, key, post, challenge, verify, register, answer, userId: String(session.user.id) }
}

const FAILED = { status: 400, body: { code: 'webauthn_verification_failed' } }

const withField = (given: CredentialJson, name: string, value: unknown): unknown => ({
  ...given,
  response: { ...given.response, [name]: value },
})

/** A text of base64url with one byte changed. */
function broken(text: unknown, at = -1): string {
  const bytes = Buffer.from(String(text), 'base64url')
  const index = at < 0 ? bytes.length + at : at
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return bytes.toString('base64url')
}

describe('the scripted server does not believe', () => {
  it.each<[string, object]>([
    ['another site', { rpId: 'evil.example' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['another challenge', { challenge: 'AAAA' }],
    ['another ceremony', { type: 'webauthn.get' }],
    ['a device that nobody touched', { absent: true }],
  ])('a passkey of %s', async (_, site) => {
    const { register } = await start()
    expect(await register(undefined, site)).toMatchObject(FAILED)
    expect((await register()).status).toBe(200)
  })

  it('a passkey that it has already, nor one that is cut off', async () => {
    const { register } = await start()
    expect((await register()).status).toBe(200)
    expect(await register()).toMatchObject(FAILED)
    const cut = (made: CredentialJson): unknown =>
      withField(made, 'attestationObject', String(made.response.attestationObject).slice(0, 60))
    expect(await register(cut)).toMatchObject(FAILED)
  })

  it('a passkey under another’s name, nor one whose maker vouches for it unasked', async () => {
    const { register } = await start()
    expect(await register((made) => ({ ...made, id: 'AAAA' }))).toMatchObject(FAILED)
    const other = { id: 'AAAA', rawId: 'AAAA' }
    expect(await register((made) => ({ ...made, ...other }))).toMatchObject(FAILED)
    expect(await (await start({ format: 'packed' })).register()).toMatchObject(FAILED)
  })

  it.each<[string, (given: CredentialJson) => unknown]>([
    ['signature', (given) => withField(given, 'signature', broken(given.response.signature))],
    [
      'count of signatures',
      (given) => withField(given, 'authenticatorData', broken(given.response.authenticatorData)),
    ],
    [
      'flag that says somebody was there',
      (given) =>
        withField(given, 'authenticatorData', broken(given.response.authenticatorData, 32)),
    ],
    ['person', (given) => withField(given, 'userHandle', 'c29tZWJvZHk')],
    ['id', (given) => ({ ...given, id: 'AAAA', rawId: 'AAAA' })],
    ['name for its id', (given) => ({ ...given, id: 'AAAA' })],
    ['kind', () => 7],
  ])('an answer with another %s', async (_, change) => {
    const { register, answer, key } = await start()
    await register()
    const { status, body } = await answer((asked) => change(key.get(asked)))
    expect(status).toBe(400)
    expect(['webauthn_verification_failed', 'validation_failed']).toContain(body.code)
    expect((await answer()).status).toBe(200)
  })

  it('an answer that is a registration, nor one of another’s key', async () => {
    const { register, answer, key, userId } = await start()
    await register()
    expect(await answer((asked) => key.create(asked))).toMatchObject(FAILED)
    const forged = createCredential({ userHandle: userId })
    const { id } = key
    expect(await answer((asked) => ({ ...forged.get(asked), id, rawId: id }))).toMatchObject(FAILED)
  })

  it('a challenge that was answered wrongly once, nor one of the other ceremony', async () => {
    const { register, challenge, verify, key, answer } = await start()
    await register()
    const { id, asked } = await challenge('authentication')
    await verify('authentication', id, { ...key.get(asked), id: 'AAAA' })
    const spent = { status: 400, body: { code: 'webauthn_challenge_not_found' } }
    expect(await verify('authentication', id, key.get(asked))).toMatchObject(spent)
    expect(await answer(undefined, 'registration')).toMatchObject(spent)
  })
})

describe('the scripted server believes', () => {
  it.each(['ES256', 'RS256'] as const)('a passkey of %s', async (algorithm) => {
    const { register, answer, key } = await start({ algorithm })
    expect((await register()).status).toBe(200)
    const forged = (asked: Question) => {
      const given = key.get(asked)
      return withField(given, 'signature', broken(given.response.signature))
    }
    expect(await answer(forged)).toMatchObject(FAILED)
    expect((await answer()).status).toBe(200)
  })
})

describe('CBOR', () => {
  it('of any bytes is read to its end, or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readCbor(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
    )
  })

  it.each([
    ['17', 23],
    ['1818', 24],
    ['190100', 256],
    ['26', -7],
    ['390100', -257],
    ['6161', 'a'],
    ['820102', [1, 2]],
    ['4201ff', Uint8Array.of(1, 255)],
    ['a10103', new Map([[1, 3]])],
  ])('%s is %j', (hex, value) => {
    expect(readCbor(Uint8Array.from(Buffer.from(hex, 'hex'))).value).toEqual(value)
  })
})
