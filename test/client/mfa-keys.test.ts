import { describe, expect, it } from 'vitest'
import { webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import { createCredential } from '../support/device.js'
import { ADA, createMfaWorld, SITE } from '../support/mfa-world.js'

describe('a security key', () => {
  it('is registered, which raises the session, and proved in another one', async () => {
    const { signedIn, open } = createMfaWorld()
    const { keys, factors, session: before } = await signedIn()
    const { factorId, session } = await keys.register({ friendlyName: 'key' })
    expect(session).toMatchObject({ aal: 'aal2', sessionId: before?.sessionId })
    expect(await factors.list()).toMatchObject([
      { id: factorId, type: 'webauthn', status: 'verified', friendlyName: 'key' },
    ])
    const later = open({ storageKey: 'elsewhere' })
    await later.auth.signIn(ADA)
    const raised = await later.keys.authenticate({ factorId })
    expect(raised.amr?.some(({ method }) => method === 'mfa/webauthn')).toBe(true)
  })

  it('leaves nothing of its challenge in the stored session, the caller’s address least of all', async () => {
    const { signedIn, browser } = createMfaWorld()
    const { keys, auth } = await signedIn()
    await keys.register()
    expect(JSON.stringify(auth.getSnapshot().session)).not.toContain('127.0.0.1')
    expect(JSON.stringify([...browser.storage.entries])).not.toContain('127.0.0.1')
  })

  it('that nobody touches is no factor: it is taken back, and its name is free', async () => {
    const { signedIn, authenticator } = createMfaWorld()
    const { auth, factors, keys, session } = await signedIn()
    const refusal = new DOMException('The person said no.', 'NotAllowedError')
    const shy = webauthnFactors(auth, {
      authenticator: { ...authenticator, create: () => Promise.reject(refusal) },
    })
    await expect(shy.register({ friendlyName: 'key' })).rejects.toMatchObject({
      code: 'aborted',
      cause: refusal,
    })
    expect(await factors.list()).toEqual([])
    expect(await auth.getSession()).toEqual(session)
    await keys.register({ friendlyName: 'key' })
  })

  it('that the server refuses is taken back too, and its name is free', async () => {
    const { signedIn, moveTo } = createMfaWorld()
    const { keys, factors } = await signedIn()
    moveTo('https://app.example.evil')
    const named = { friendlyName: 'key' }
    await expect(keys.register(named)).rejects.toMatchObject({ status: 500 })
    expect(await factors.list()).toEqual([])
    moveTo('https://app.example')
    await keys.register(named)
  })

  it('whose proof nobody answered is left: it may count by now', async () => {
    const { signedIn, server, authenticator } = createMfaWorld()
    const { auth } = await signedIn()
    const keys = webauthnFactors(auth, {
      authenticator: {
        ...authenticator,
        create(json) {
          const path = server.requests.at(-1)?.path.replace('challenge', 'verify') ?? ''
          server.fail({ type: 'drop' }, { path, times: 9 })
          return authenticator.create(json)
        },
      },
    })
    await expect(keys.register()).rejects.toMatchObject({ code: 'network' })
    expect(server.requests.filter(({ method }) => method === 'DELETE')).toEqual([])
  })

  it.each(['../user', 'a/b', ' ', 7, null])('has no id like %j', async (id) => {
    const { signedIn, server } = createMfaWorld()
    const { keys, factors } = await signedIn()
    server.clearLog()
    const body = JSON.stringify({
      id,
      type: 'webauthn',
      totp: { qr_code: 'x', secret: 'x', uri: 'x' },
    })
    server.fail({ type: 'body', body }, { path: '/factors', times: 2 })
    await expect(keys.register()).rejects.toMatchObject({ code: 'bad_response' })
    await expect(factors.enroll({ type: 'totp' })).rejects.toMatchObject({ code: 'bad_response' })
    expect(server.requests.map(({ path }) => path)).toEqual(['/factors', '/factors'])
  })

  it('of somebody else raises nothing', async () => {
    const { signedIn, open } = createMfaWorld()
    const { keys } = await signedIn()
    const { factorId } = await keys.register()
    const later = open({ storageKey: 'elsewhere' })
    await later.auth.signIn(ADA)
    const other = createCredential()
    const get = async ({ challenge }: { readonly challenge: string }) =>
      other.get({ challenge, rpId: SITE.rpId, origin: 'https://app.example' })
    const forged = webauthnFactors(later.auth, { authenticator: { create: get, get } })
    await expect(forged.authenticate({ factorId })).rejects.toMatchObject({ status: 500 })
    expect((await later.auth.getSession())?.aal).toBe('aal1')
  })

  it('that was asked on another site raises nothing', async () => {
    const { signedIn, moveTo } = createMfaWorld()
    const { keys, auth } = await signedIn()
    moveTo('https://app.example.evil')
    await expect(keys.register()).rejects.toMatchObject({ code: 'server_error' })
    expect((await auth.getSession())?.aal).toBe('aal1')
  })

  it('is not waited for when the caller gives up', async () => {
    const { signedIn, authenticator } = createMfaWorld()
    const { auth } = await signedIn()
    const caller = new AbortController()
    let seen: AbortSignal | undefined
    const slow = webauthnFactors(auth, {
      authenticator: {
        ...authenticator,
        create: (_, signal) =>
          new Promise((_, reject) => {
            seen = signal
            signal.addEventListener('abort', () => reject(signal.reason))
            caller.abort(new Error('Another page.'))
          }),
      },
    })
    await expect(slow.register({}, { signal: caller.signal })).rejects.toMatchObject({
      code: 'aborted',
    })
    expect(seen?.aborted).toBe(true)
  })

  it('has no place where there is no WebAuthn: the caller is told before anything is sent', async () => {
    const { signedIn, server } = createMfaWorld()
    const { auth } = await signedIn()
    server.clearLog()
    for (const options of [undefined, null, {}, { authenticator: {} }, { authenticator: 7 }]) {
      const keys = Reflect.apply(webauthnFactors, undefined, [auth, options])
      for (const call of [keys.register(), keys.authenticate({ factorId: 'f' })]) {
        await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
      }
    }
    expect(server.requests).toEqual([])
  })
})

describe('recovery codes', () => {
  it('are made once, spent once each, and told by their number', async () => {
    const { enrolled, open } = createMfaWorld()
    const { factors, codes, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    const { codes: made } = await codes.generate({ friendlyName: 'paper' })
    expect(made).toHaveLength(10)
    const later = open({ storageKey: 'elsewhere' })
    await later.auth.signIn(ADA)
    const [first = ''] = made
    const typed = `${first.slice(0, 8).toUpperCase()}-${first.slice(8)} `
    const raised = await later.codes.verify({ code: typed })
    expect(raised.amr?.some(({ method }) => method === 'mfa/recovery_code')).toBe(true)
    expect(await later.codes.status()).toEqual({
      id: expect.any(String),
      total: 10,
      remaining: 9,
    })
    await expect(later.codes.verify({ code: first })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
  })

  it('are replaced as a whole, and removed, which lowers sessions that they raised', async () => {
    const { enrolled } = createMfaWorld()
    const { auth, factors, codes, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    const { codes: made } = await codes.generate()
    const { codes: next } = await codes.regenerate()
    expect(made.filter((one) => next.includes(one))).toEqual([])
    await codes.verify({ code: next[0] ?? '' })
    await codes.remove()
    expect((await auth.getSession())?.aal).toBe('aal1')
    await expect(codes.status()).rejects.toMatchObject({ serverCode: 'mfa_factor_not_found' })
  })

  it('take a raised session, and cannot be the only factor', async () => {
    const { enrolled } = createMfaWorld()
    const { factors, codes, factorId, code } = await enrolled()
    await expect(codes.generate()).rejects.toMatchObject({ code: 'step_required' })
    await factors.challengeAndVerify({ factorId, code })
    await codes.generate()
    await expect(factors.unenroll({ factorId })).rejects.toMatchObject({
      serverCode: 'mfa_recovery_codes_sole_factor',
    })
  })

  it('that were taken though the answer was lost raise the session all the same', async () => {
    const { enrolled, open, server } = createMfaWorld()
    const { factors, codes, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    const { codes: made } = await codes.generate()
    const later = open({ storageKey: 'elsewhere' })
    await later.auth.signIn(ADA)
    server.fail({ type: 'lose-response' }, { path: '/factors/recovery-codes/verify' })
    expect((await later.codes.verify({ code: made[0] ?? '' })).aal).toBe('aal2')
  })

  it('are unknown to GoTrue 2.196', async () => {
    const { signedIn } = createMfaWorld({ mfa: {} })
    const { codes } = await signedIn()
    for (const answer of [codes.status(), codes.regenerate(), codes.verify({ code: 'x' })]) {
      await expect(answer).rejects.toMatchObject({ code: 'rejected', status: 404 })
    }
  })

  it('are guessed ten times, and not once more for a while', async () => {
    const { enrolled, clock } = createMfaWorld()
    const { factors, codes, factorId, code } = await enrolled()
    await factors.challengeAndVerify({ factorId, code })
    const { codes: made } = await codes.generate()
    const guess = () => codes.verify({ code: 'wrong' }).catch((error: unknown) => error)
    for (let count = 0; count < 10; count++) {
      expect(await guess()).toMatchObject({ code: 'invalid_credentials' })
    }
    const right = { code: made[0] ?? '' }
    await expect(codes.verify(right)).rejects.toMatchObject({ code: 'rate_limited' })
    await clock.advance(900_001)
    expect((await codes.verify(right)).aal).toBe('aal2')
  })
})
