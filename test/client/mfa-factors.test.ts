import { describe, expect, it } from 'vitest'
import { assuranceLevel, mfa } from '../../src/providers/gotrue/mfa.js'
import { ADA, createMfaWorld } from '../support/mfa-world.js'

describe('a new factor', () => {
  it('of an app is a picture for an <img>, a secret and an address', async () => {
    const { signedIn } = createMfaWorld()
    const { factors } = await signedIn()
    const enrolled = await factors.enroll({ type: 'totp', friendlyName: 'app', issuer: 'My App' })
    expect(enrolled).toMatchObject({ type: 'totp', friendlyName: 'app' })
    const { qrCode, secret, uri } = enrolled.totp
    const svg = decodeURIComponent(qrCode.replace(/^data:image\/svg\+xml,/, ''))
    expect(svg).toMatch(/^<\?xml .*<svg .*<\/svg>\s*$/s)
    expect(qrCode).toMatch(/^data:image\/svg\+xml,[\w%.~!*'()-]+$/)
    expect(uri).toBe(
      `otpauth://totp/My%20App:${ADA.email}?algorithm=SHA1&digits=6&issuer=My%20App&period=30&secret=${secret}`,
    )
  })

  it('of a phone gets its code by message, and one a minute', async () => {
    const { signedIn, server, clock } = createMfaWorld()
    const { factors } = await signedIn()
    const { id: factorId, phone } = await factors.enroll({ type: 'phone', phone: '+15550100' })
    expect(phone).toBe('+15550100')
    const { id: challengeId } = await factors.challenge({ factorId, channel: 'sms' })
    await clock.advance(2_000)
    await expect(factors.challenge({ factorId })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 58_000,
    })
    const code = server.messages.find(({ to }) => to === '15550100')?.code ?? ''
    const raised = await factors.verify({ factorId, challengeId, code })
    expect(raised.amr?.some(({ method }) => method === 'mfa/phone')).toBe(true)
  })

  it('beside a verified one takes a raised session: `step_required` until then', async () => {
    const { enrolled, open, server } = createMfaWorld()
    const { factors, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    const later = open({ storageKey: 'elsewhere' })
    await later.auth.signIn(ADA)
    const second = { type: 'totp', friendlyName: 'second' } as const
    await expect(later.factors.enroll(second)).rejects.toMatchObject({
      code: 'step_required',
      details: { step: 'insufficient_aal' },
    })
    await later.factors.challengeAndVerify({ factorId, code: await server.totpCode(factorId) })
    expect(await later.factors.enroll(second)).toMatchObject({ friendlyName: 'second' })
  })

  it('is listed by what it is, with times in ms', async () => {
    const { enrolled, clock } = createMfaWorld()
    const { factors, factorId } = await enrolled()
    expect(await factors.list()).toEqual([
      {
        id: factorId,
        type: 'totp',
        status: 'unverified',
        friendlyName: 'app',
        phone: undefined,
        createdAt: clock.now(),
        lastChallengedAt: null,
      },
    ])
  })

  it('of nobody is a missing session', async () => {
    const { open } = createMfaWorld()
    const { factors } = open()
    await expect(factors.enroll({ type: 'totp' })).rejects.toMatchObject({
      code: 'session_missing',
    })
    await expect(factors.challengeAndVerify({ factorId: 'f', code: '1' })).rejects.toMatchObject({
      code: 'session_missing',
    })
  })
})

describe('a factor that goes', () => {
  it('lowers the session at once, by a refresh', async () => {
    const { enrolled, clock } = createMfaWorld({ rotation: 'v2', reuseInterval: 0 })
    const { auth, factors, events, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    await factors.unenroll({ factorId })
    await clock.settle()
    expect((await auth.getSession())?.aal).toBe('aal1')
    expect(events.at(-1)).toBe('TOKEN_REFRESHED aal1')
    expect(await factors.list()).toEqual([])
  })

  it('is gone, though the refresh that follows fails', async () => {
    const { enrolled, server } = createMfaWorld()
    const { factors, factorId } = await enrolled()
    server.fail({ type: 'status', status: 503 }, { grant: 'refresh_token' })
    await factors.unenroll({ factorId })
    expect(await factors.list()).toEqual([])
  })

  it('takes a raised session, once it is verified', async () => {
    const { enrolled, open } = createMfaWorld()
    const { factors, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    const later = open({ storageKey: 'elsewhere' })
    await later.auth.signIn(ADA)
    await expect(later.factors.unenroll({ factorId })).rejects.toMatchObject({
      code: 'step_required',
    })
  })
})

describe('the assurance level', () => {
  it('is `aal2` next for whoever has a verified factor, and now for whoever has proved it', async () => {
    const { enrolled, open } = createMfaWorld()
    const { auth, factors, factorId, code } = await enrolled()
    expect(assuranceLevel(await auth.getSession())).toMatchObject({ current: 'aal1', next: 'aal1' })
    await factors.challengeAndVerify({ factorId, code })
    expect(assuranceLevel(await auth.getSession())).toMatchObject({ current: 'aal2', next: 'aal2' })
    const later = open({ storageKey: 'elsewhere' })
    const { session } = await later.auth.signIn(ADA)
    expect(assuranceLevel(session)).toMatchObject({ current: 'aal1', next: 'aal2' })
    expect(assuranceLevel(session).methods).toEqual([
      { method: 'password', at: expect.any(Number) },
    ])
  })

  it('of nobody is none', () => {
    expect(assuranceLevel(null)).toEqual({ current: null, next: null, methods: [] })
  })
})

describe('a caller’s mistake', () => {
  it('is `invalid_argument`, before anything is sent', async () => {
    const { signedIn, server } = createMfaWorld()
    const { factors, codes, keys } = await signedIn()
    server.clearLog()
    const call = (method: (...args: never[]) => Promise<unknown>, ...args: unknown[]) =>
      Reflect.apply(method, undefined, args)
    const mistakes = [
      ...[undefined, null, {}, { type: 'smoke' }, { type: 'phone' }, { type: 7 }].map((options) =>
        call(factors.enroll, options),
      ),
      call(factors.enroll, { type: 'totp', friendlyName: 7 }),
      ...[undefined, null, {}, { factorId: '' }, { factorId: '../user' }, { factorId: {} }].flatMap(
        (options) => [
          call(factors.challenge, options),
          call(factors.verify, options),
          call(factors.challengeAndVerify, options),
          call(factors.unenroll, options),
          call(keys.authenticate, options),
        ],
      ),
      call(factors.challengeAndVerify, { factorId: 'f' }),
      call(factors.challengeAndVerify, { factorId: 'f', code: 123456 }),
      call(factors.verify, { factorId: 'f', code: '1', challengeId: 7 }),
      call(codes.verify, {}),
      call(codes.generate, { friendlyName: [] }),
      call(keys.register, { friendlyName: [] }),
    ]
    for (const outcome of await Promise.allSettled(mistakes)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'invalid_argument' } })
    }
    expect(server.requests).toEqual([])
  })

  it('that takes something else for a client of gotrue() is told so', () => {
    for (const wrong of [undefined, null, {}, { actions: {} }]) {
      expect(() => Reflect.apply(mfa, undefined, [wrong])).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
  })
})
