import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  createGotrueVerifier,
  type GoTrueVerifierOptions,
} from '../../../src/server/gotrue/index.js'
import type { ScriptedGoTrueOptions } from '../../../src/testing/index.js'
import { createGotrueServerWorld, MINUTE, URL_OF_GOTRUE } from './gotrue-server-world.js'

/** A server that checks Ada's access tokens. */
async function createScene(
  scripted: ScriptedGoTrueOptions = {},
  options: Partial<GoTrueVerifierOptions> = {},
) {
  const world = createGotrueServerWorld({ scripted })
  const { verify } = createGotrueVerifier({ server: world.server, now: world.now, ...options })
  const { accessToken } = await world.grant()
  const asked = (path: string): number =>
    world.scripted.requests.filter((request) => request.path === path).length
  return { ...world, verify, accessToken, asked }
}

const SECRET = 'scripted-secret-of-32-characters'

/** A token like Ada's, signed by whoever has the secret, or says so. */
async function signed(
  accessToken: string,
  claims: Record<string, unknown> = {},
  secret = SECRET,
): Promise<string> {
  const own = JSON.parse(
    atob(accessToken.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? ''),
  )
  return new SignJWT({ ...own, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(secret))
}

describe('an access token that a secret signs', () => {
  it('is shown to GoTrue by a server that has not the secret, once for all that come with it', async () => {
    const { verify, accessToken, asked } = await createScene()
    const results = await Promise.all([verify(accessToken), verify(accessToken)])
    for (const result of results) {
      expect(result).toMatchObject({ ok: true, claims: { email: 'ada@example.com' } })
    }
    expect((await verify(accessToken)).ok).toBe(true)
    expect([asked('/user'), asked('/.well-known/jwks.json')]).toEqual([1, 0])
  })

  it('is asked about again when half a minute is over, and refused then if its session has ended', async () => {
    const { verify, accessToken, asked, scripted, clock } = await createScene()
    expect((await verify(accessToken)).ok).toBe(true)
    const headers = { Authorization: `Bearer ${accessToken}` }
    await scripted.fetch(`${URL_OF_GOTRUE}/logout`, { method: 'POST', headers })
    await clock.advance(MINUTE)
    expect(await verify(accessToken)).toEqual({ ok: false, reason: 'invalid_jwt' })
    expect(asked('/user')).toBe(2)
  })

  it('is refused where somebody else has signed it, by the word of GoTrue', async () => {
    const { verify, accessToken, asked } = await createScene()
    const forged = await signed(accessToken, {}, 'another-secret-of-32-characters!')
    expect(await verify(forged)).toEqual({ ok: false, reason: 'invalid_jwt' })
    expect(asked('/user')).toBe(1)
  })

  it.each([
    ['that is over', { exp: 1 }, 'expired'],
    ['that has no end', { exp: undefined }, 'invalid_jwt'],
    ['for somebody else', { aud: 'another-app' }, 'invalid_jwt'],
    ['of another issuer', { iss: 'https://evil.example' }, 'invalid_jwt'],
  ])('is refused without asking, %s', async (_, claims, reason) => {
    const issuer = 'https://project.example/auth/v1'
    const { verify, accessToken, asked } = await createScene({}, { issuer })
    const odd = await signed(accessToken, { iss: issuer, ...claims })
    expect(await verify(odd)).toEqual({ ok: false, reason })
    expect(asked('/user')).toBe(0)
  })

  it('is neither good nor bad while GoTrue does not answer, and asked about later', async () => {
    const { verify, accessToken, scripted, clock } = await createScene()
    scripted.fail({ type: 'status', status: 503 })
    const unknown = { ok: false, reason: 'server_error', retryable: true }
    expect(await verify(accessToken)).toEqual(unknown)
    await clock.advance(MINUTE)
    expect((await verify(accessToken)).ok).toBe(true)
  })

  it('is refused where GoTrue takes tokens for another audience', async () => {
    const { verify, accessToken, scripted } = await createScene()
    const body = JSON.stringify({ code: 'validation_failed', message: 'Token audience' })
    scripted.fail({ type: 'status', status: 400, body })
    expect(await verify(accessToken)).toEqual({ ok: false, reason: 'invalid_jwt' })
  })

  it('is neither good nor bad where GoTrue speaks of another person', async () => {
    const { verify, accessToken, scripted } = await createScene()
    const body = JSON.stringify({ id: 'somebody-else', email: 'bob@example.com' })
    scripted.fail({ type: 'status', status: 200, body })
    expect(await verify(accessToken)).toMatchObject({ ok: false, retryable: true })
  })
})

describe('an access token of published keys', () => {
  it.each(['es256', 'rs256'] as const)(
    'is checked by them, and nobody is asked whose it is: %s',
    async (signing) => {
      const { verify, accessToken, asked } = await createScene({ signing })
      expect(await verify(accessToken)).toMatchObject({ ok: true })
      expect([asked('/user'), asked('/.well-known/jwks.json')]).toEqual([0, 1])
    },
  )
})

describe('what is no access token', () => {
  it.each(['', 'a', 'a.b.c', `${btoa('{"alg":"none"}')}.e30.`])(
    'is refused, and nobody is asked whose it is: %j',
    async (text) => {
      const { verify, asked } = await createScene({ signing: 'es256' })
      expect(await verify(text)).toEqual({ ok: false, reason: 'invalid_jwt' })
      expect(asked('/user')).toBe(0)
    },
  )
})

describe('a verifier', () => {
  it('is made for a server of GoTrue only', () => {
    // @ts-expect-error JavaScript has no types.
    expect(() => createGotrueVerifier({ server: {} })).toThrow('createGotrue')
    // @ts-expect-error JavaScript has no types.
    expect(() => createGotrueVerifier()).toThrow('options')
  })
})
