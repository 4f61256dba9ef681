import { describe, expect, it, vi } from 'vitest'
import { makeKey, SIGNING_DOCUMENT, unsigned } from '../../support/oidc-issuer.js'
import { PATIENT } from '../../support/patient.js'
import { createOidcServerWorld, errorOf } from './oidc-server-world.js'
import { openSigningIssuer } from './signing-issuer.js'

const NOT_GENUINE = { code: 'bad_response', serverCode: 'invalid_id_token' }
const outage = async (): Promise<Response> => new Response('down', { status: 503 })
const { jwks_uri: JWKS, token_endpoint: TOKEN } = SIGNING_DOCUMENT

const open = (verifyIdToken: Parameters<typeof openSigningIssuer>[0] = {}) =>
  openSigningIssuer({ verifyIdToken: true, ...verifyIdToken })

describe('a sign-in at a server that verifies id tokens', () => {
  it('asks for the keys before the code is spent, and once in ten minutes', async () => {
    const { signIn, asked, jwks, clock } = await open()
    await signIn()
    expect(asked).toEqual([JWKS, TOKEN])
    await clock.advance(599_000)
    await signIn()
    expect(jwks.asked).toBe(1)
    await clock.advance(1_000)
    await signIn()
    expect(jwks.asked).toBe(2)
  })

  it('fails while the keys cannot be had, its code unspent, and works after that', async () => {
    const { signIn, asked, jwks, clock, whoIs } = await open()
    jwks.outage = outage
    const answer = await signIn()
    expect(answer.status).toBe(503)
    expect(asked).toEqual([JWKS])
    expect(await whoIs()).toBeUndefined()
    jwks.outage = null
    await clock.advance(2_000)
    await signIn()
    expect(await whoIs()).toEqual({ id: 'ada' })
  })

  it('goes on with the keys it has while their place is in an outage', async () => {
    const { signIn, jwks, clock, whoIs } = await open()
    await signIn()
    jwks.outage = outage
    await clock.advance(600_000)
    await signIn()
    expect(await whoIs()).toEqual({ id: 'ada' })
  })

  it('is not said to be worth trying again where a new key cannot be had once the code is spent', async () => {
    const { signIn, jwks, clock } = await open()
    await signIn()
    await clock.advance(5_000)
    jwks.outage = outage
    const answer = await signIn(async (claims) => (await makeKey('key-2')).sign(claims))
    expect(await answer.json()).toMatchObject(NOT_GENUINE)
  })

  it.each([
    ['has no name', undefined],
    ['keeps its name', 'key-1'],
  ])('takes a new key that %s, and asks for it once in half a minute', async (_, kid) => {
    const { signIn, jwks, clock, whoIs } = await open()
    const [old, next] = [await makeKey(kid), await makeKey(kid)]
    jwks.keys = [old.jwk]
    await signIn((claims) => old.sign(claims))
    jwks.keys = [next.jwk]
    await signIn((claims) => next.sign(claims))
    expect(await whoIs()).toEqual({ id: 'ada' })
    for (let more = 0; more < 3; more++) {
      const answer = await signIn((claims) => old.sign(claims))
      expect(await answer.json()).toMatchObject(NOT_GENUINE)
    }
    expect(jwks.asked).toBe(2)
    await clock.advance(30_000)
    await signIn((claims) => old.sign(claims))
    expect(jwks.asked).toBe(3)
  })

  it.each<readonly [string, object]>([
    ['`at_hash`', { at_hash: 'other' }],
    ['`c_hash`', { c_hash: 'other' }],
  ])('refuses a signed token whose %s is that of others', async (_, claims) => {
    const { signIn, key } = await open()
    const answer = await signIn((good) => key.sign({ ...good, ...claims }))
    expect(await answer.json()).toMatchObject(NOT_GENUINE)
  })

  it('refuses a signature by an algorithm that was not registered', async () => {
    const { signIn } = await open({ verifyIdToken: { algorithms: ['RS256'] } })
    expect(await (await signIn()).json()).toMatchObject(NOT_GENUINE)
  })

  it('asks this server what time it is only if it is told how far that may be off', async () => {
    const { signIn, whoIs } = await open()
    await signIn()
    expect(await whoIs()).toEqual({ id: 'ada' })
    const strict = await open({ verifyIdToken: { clockSkew: 60_000 } })
    expect(await (await strict.signIn()).json()).toMatchObject(NOT_GENUINE)
  })

  it('asks the issuer where its keys are, and needs one that has some', async () => {
    const { signIn, asked, told, whoIs } = await open({ metadata: undefined })
    await signIn()
    expect(await whoIs()).toEqual({ id: 'ada' })
    expect(asked.at(-2)).toBe(JWKS)

    const bare = await open({ metadata: undefined })
    bare.told.document = { ...SIGNING_DOCUMENT, jwks_uri: undefined }
    const answer = await bare.signIn()
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('jwks_uri') })
    expect(bare.asked).not.toContain(TOKEN)
    expect(told.document).toBe(SIGNING_DOCUMENT)
  })
})

describe('a refresh at a server that verifies id tokens', () => {
  it('tells of the person what the issuer has signed', async () => {
    const { signIn, refresh, key, whoIs } = await open()
    await signIn()
    await refresh((claims) => key.sign({ ...claims, name: 'Ada' }))
    expect(await whoIs()).toEqual({ id: 'ada', name: 'Ada' })
  })

  it.each<readonly [string, (key: Awaited<ReturnType<typeof makeKey>>, claims: object) => unknown]>(
    [
      ['forged', async (_, claims) => (await makeKey('key-1')).sign({ ...claims, name: 'Eve' })],
      ['unsigned', (_, claims) => unsigned({ ...claims, name: 'Eve' })],
      ['with another nonce', (key, claims) => key.sign({ ...claims, name: 'Eve', nonce: 'other' })],
      [
        'for another token',
        (key, claims) => key.sign({ ...claims, name: 'Eve', at_hash: 'other' }),
      ],
      ['no text', () => 5],
    ],
  )('keeps its new tokens, and the id token before, where that is %s', async (_name, make) => {
    const { signIn, refresh, key, whoIs, signOut } = await open()
    let first: unknown
    await signIn(async (claims) => {
      first = await key.sign(claims)
      return first
    })
    expect((await refresh((claims) => make(key, claims))).status).toBe(200)
    expect(await whoIs()).toEqual({ id: 'ada' })
    expect(await signOut()).toEqual({ idToken: first, refreshToken: 'refresh-2' })
  })

  it.each<readonly [string, () => Promise<Response>]>([
    ['are in an outage', outage],
    ['never come', () => new Promise(() => {})],
  ])('waits for no keys, and ends nothing, while they %s', async (_, down) => {
    const { signIn, refresh, key, jwks, clock, whoIs } = await open()
    await signIn()
    await clock.advance(600_000)
    jwks.outage = down
    const answer = await refresh((claims) => key.sign({ ...claims, name: 'Ada' }))
    expect(answer.status).toBe(200)
    // The keys at hand are good enough to tell.
    expect(await whoIs()).toEqual({ id: 'ada', name: 'Ada' })
  })

  it.each([
    ['a new one', 'key-2'],
    ['another one under the name of the old', 'key-1'],
  ])('believes a key at the refresh after, once that is at hand: %s', async (_, name) => {
    const { signIn, refresh, jwks, clock, whoIs } = await open()
    await signIn()
    await clock.advance(5_000)
    const next = await makeKey(name)
    jwks.keys = [next.jwk]
    const renew = () => refresh((claims) => next.sign({ ...claims, name: 'Ada' }))
    await renew()
    expect(await whoIs()).toEqual({ id: 'ada' })
    await vi.waitUntil(() => jwks.asked === 2, PATIENT)
    await vi.waitUntil(async () => (await renew()) && (await whoIs())?.name, PATIENT)
  })
})

describe('other calls of a server that verifies id tokens', () => {
  it('need no keys: their tokens are nobody’s session', async () => {
    const { oidc, answers, bodyWith, jwks } = await open()
    answers.push([200, bodyWith('no id token')])
    expect(await oidc.clientCredentials()).toMatchObject({ accessToken: 'access-1' })
    expect(jwks.asked).toBe(0)
  })

  it('spend no token held elsewhere while the keys cannot be had', async () => {
    const { oidc, asked, jwks } = await open()
    jwks.outage = outage
    const signal = new AbortController().signal
    expect(await errorOf(oidc.refresh('held', { signal, session: null }))).toMatchObject({
      code: 'server_error',
      retryable: true,
    })
    expect(asked).toEqual([JWKS])
  })

  it('are those of a scripted server too', async () => {
    const { grant, server } = createOidcServerWorld({
      scripted: { signing: 'es256' },
      oidc: { verifyIdToken: true },
    })
    expect(await grant()).toMatchObject({ user: { id: 'ada' } })
    expect(server.requests.filter(({ path }) => path === '/jwks')).toHaveLength(1)
  })
})

describe('the option verifyIdToken', () => {
  it.each<readonly [string, unknown]>([
    ['of a shared secret', { algorithms: ['HS256'] }],
    ['of no algorithm', { algorithms: [] }],
    ['of a time that is none', { clockSkew: -1 }],
    ['that nobody knows', { keys: [] }],
    ['as a text', 'yes'],
    ['as a function', () => {}],
  ])('is refused at once %s', async (_, verifyIdToken) => {
    await expect(open(Object({ verifyIdToken }))).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it('is refused at once with metadata that do not say where the keys are', async () => {
    const metadata = { ...SIGNING_DOCUMENT, jwks_uri: undefined }
    await expect(open({ metadata })).rejects.toMatchObject({ code: 'invalid_argument' })
  })
})
