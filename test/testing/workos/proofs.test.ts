import { describe, expect, it } from 'vitest'
import type { ScriptedWorkOSOptions } from '../../../src/testing/workos/index.js'
import { type Answer, CLIENT, createDesk, SECRET, said } from './desk.js'

const ADA = 'ada@example.com'
const WORKOS = 'urn:workos:oauth:grant-type:'
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const KEY = { headers: { Authorization: `Bearer ${SECRET}` } }

function createProofDesk(options: ScriptedWorkOSOptions = {}) {
  const desk = createDesk(options)
  const secretly = (grant: string, fields: object): Promise<Answer> =>
    desk.authenticate({ grant_type: grant, client_secret: SECRET, ...fields })
  return {
    ...desk,
    secretly,
    magic: (email: string) => desk.post('/user_management/magic_auth', { email }, KEY),
    enroll: (userId: unknown, fields: object = { type: 'totp' }) =>
      desk.post(`/user_management/users/${userId}/auth_factors`, fields, KEY),
    codeOf: (email: string): string | undefined =>
      desk.server
        .mails()
        .filter(({ to }) => to === email)
        .at(-1)?.code,
    askForDevice: (device_code: unknown) => desk.authenticate({ grant_type: DEVICE, device_code }),
  }
}

const part = (answer: Answer, name: string): Readonly<Record<string, unknown>> => ({
  ...Object(answer.body[name]),
})

describe('a code by mail', () => {
  it('is told to the app as well, which may mail it itself', async () => {
    const { magic, codeOf, server } = createProofDesk()
    const { status, body } = await magic(ADA)
    expect(status).toBe(201)
    expect(body).toEqual({
      object: 'magic_auth',
      id: expect.stringMatching(/^magic_auth_01/),
      user_id: expect.stringMatching(/^user_/),
      email: ADA,
      code: expect.stringMatching(/^\d{6}$/),
      expires_at: expect.any(String),
      created_at: expect.any(String),
      updated_at: expect.any(String),
    })
    expect(server.mails()).toEqual([{ to: ADA, kind: 'magic_auth', code: body.code }])
    expect(codeOf(ADA)).toBe(body.code)
  })

  it('signs in once, for ten minutes, and only whom it was mailed to', async () => {
    const { magic, secretly, codeOf, clock } = createProofDesk()
    const by = (email: string, code: unknown) =>
      secretly(`${WORKOS}magic-auth:code`, { email, code })
    expect(said(await by(ADA, undefined))).toBe('400 code:invalid_one_time_code')
    await magic(ADA)
    const code = codeOf(ADA)
    expect(said(await by('bob@example.com', code))).toBe('400 code:invalid_one_time_code')
    expect(said(await by(ADA, undefined))).toBe('400 code:invalid_one_time_code')
    const { body } = await by(ADA, code)
    expect(body).toMatchObject({ authentication_method: 'MagicAuth', user: { email: ADA } })
    expect(said(await by(ADA, code))).toBe('400 code:invalid_one_time_code')
    await magic(ADA)
    await clock.advance(600_001)
    expect(said(await by(ADA, codeOf(ADA)))).toBe('400 code:invalid_one_time_code')
  })

  it('makes somebody known who was not, and their address a verified one', async () => {
    const { magic, secretly, codeOf } = createProofDesk({ emailVerification: 'required' })
    await magic('eve@example.com')
    const fields = { email: 'eve@example.com', code: codeOf('eve@example.com') }
    expect(part(await secretly(`${WORKOS}magic-auth:code`, fields), 'user')).toMatchObject({
      email: 'eve@example.com',
      email_verified: true,
    })
  })

  it('is for apps with a key', async () => {
    const { post } = createProofDesk()
    expect(said(await post('/user_management/magic_auth', { email: ADA }))).toBe('401 message')
  })
})

describe('an address that is not verified', () => {
  it('is verified by the code that the refusal had mailed', async () => {
    const desk = createProofDesk({ emailVerification: 'required' })
    desk.server.updateUser(ADA, { emailVerified: false })
    const refused = await desk.password()
    expect(refused.status).toBe(403)
    expect(refused.body).toEqual({
      code: 'email_verification_required',
      message: 'Email ownership must be verified before authentication.',
      pending_authentication_token: expect.any(String),
      email: ADA,
      email_verification_id: expect.stringMatching(/^email_verification_01/),
    })
    const { pending_authentication_token } = refused.body
    const verify = (code: unknown) =>
      desk.secretly(`${WORKOS}email-verification:code`, { code, pending_authentication_token })
    expect(said(await verify('nothing'))).toBe('400 code:invalid_one_time_code')
    const answer = await verify(desk.codeOf(ADA))
    expect(part(answer, 'user')).toMatchObject({ email: ADA, email_verified: true })
    expect(said(await verify(desk.codeOf(ADA)))).toBe(
      '400 code:invalid_pending_authentication_token',
    )
    expect(said(await desk.password())).toBe('200')
  })

  it('is asked for no more where a page of AuthKit has seen to it', async () => {
    const desk = createProofDesk({ emailVerification: 'required', mfa: 'required' })
    desk.server.updateUser(ADA, { emailVerified: false })
    expect(said(await desk.exchange(await desk.code()))).toBe('200')
  })
})

describe('a second factor', () => {
  it('is enrolled, proved, and asked for from then on', async () => {
    const desk = createProofDesk({ mfa: 'required' })
    const first = await desk.password()
    expect(said(first)).toBe('403 code:mfa_enrollment')
    const enrolled = await desk.enroll(part(first, 'user').id)
    expect(part(enrolled, 'authentication_factor')).toEqual({
      object: 'authentication_factor',
      id: expect.stringMatching(/^auth_factor_01/),
      type: 'totp',
      totp: {
        issuer: 'WorkOS',
        user: ADA,
        secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
        qr_code: expect.stringMatching(/^data:image\/png;base64,/),
        uri: expect.stringMatching(/^otpauth:\/\/totp\/WorkOS:ada@example\.com\?/),
      },
      user_id: part(first, 'user').id,
      created_at: expect.any(String),
      updated_at: expect.any(String),
    })
    const by = async (pending: Answer, challenge: unknown, code?: string) =>
      desk.secretly(`${WORKOS}mfa-totp`, {
        code: code ?? (await desk.server.totp(ADA)),
        authentication_challenge_id: challenge,
        pending_authentication_token: pending.body.pending_authentication_token,
      })
    const challenge = part(enrolled, 'authentication_challenge').id
    expect(said(await by(first, challenge, '12345'))).toBe('400 code:invalid_one_time_code')
    expect(said(await by(first, 'auth_challenge_other'))).toBe('404 message')
    expect(said(await by(first, challenge))).toBe('200')
    expect(said(await by(first, challenge))).toBe('400 code:invalid_pending_authentication_token')

    const second = await desk.password()
    const { id } = part(enrolled, 'authentication_factor')
    expect(second.body).toEqual({
      code: 'mfa_challenge',
      message: 'The user must complete an MFA challenge to finish authenticating.',
      pending_authentication_token: expect.any(String),
      authentication_factors: [{ id, type: 'totp' }],
      user: expect.objectContaining({ email: ADA }),
    })
    // The challenge of the first time is spent.
    expect(said(await by(second, challenge))).toBe('404 message')
    const next = await desk.post(`/auth/factors/${id}/challenge`, {}, KEY)
    expect(next.status).toBe(201)
    expect(said(await by(second, next.body.id))).toBe('200')
  })

  it('that nobody has proved yet is none', async () => {
    const desk = createProofDesk({ mfa: 'required' })
    await desk.enroll(part(await desk.password(), 'user').id)
    expect(said(await desk.password())).toBe('403 code:mfa_enrollment')
  })

  it('is refused to whoever has no key, and for whom or what there is not', async () => {
    const desk = createProofDesk()
    const { id } = part(await desk.password(), 'user')
    expect(said(await desk.enroll('user_nobody'))).toBe('404 message')
    expect(said(await desk.enroll(id, { type: 'sms' }))).toBe('422 code:invalid_request_parameters')
    expect(said(await desk.post('/auth/factors/auth_factor_1/challenge', {}, KEY))).toBe(
      '404 message',
    )
    expect(said(await desk.post(`/user_management/users/${id}/auth_factors`, {}))).toBe(
      '401 message',
    )
    await expect(desk.server.totp(ADA)).rejects.toThrow('no authenticator')
  })

  it('of one sign-in is no help to another one that waits for something else', async () => {
    const desk = createProofDesk({ mfa: 'required' })
    const { body } = await desk.password()
    const { pending_authentication_token } = body
    const fields = { organization_id: 'org_b', pending_authentication_token }
    expect(said(await desk.secretly(`${WORKOS}organization-selection`, fields))).toBe(
      '400 code:invalid_pending_authentication_token',
    )
  })
})

describe('a device', () => {
  it('waits until somebody lets it in, and is told to wait longer when it asks too often', async () => {
    const { post, server, clock, askForDevice } = createProofDesk()
    const { body } = await post('/user_management/authorize/device', { client_id: CLIENT })
    expect(body).toEqual({
      device_code: expect.any(String),
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: 'https://auth.example/device',
      verification_uri_complete: `https://auth.example/device?user_code=${body.user_code}`,
      expires_in: 300,
      interval: 5,
    })
    const ask = async () => said(await askForDevice(body.device_code))
    await clock.advance(5_000)
    expect(await ask()).toBe('400 error:authorization_pending')
    await clock.advance(4_999)
    expect(await ask()).toBe('400 error:slow_down')
    server.decideDevice(String(body.user_code), ADA)
    expect(await ask()).toBe('200')
    expect(await ask()).toBe('400 error:expired_token')
  })

  it('is turned away, or waits for no longer than five minutes', async () => {
    const { post, server, clock, askForDevice } = createProofDesk()
    const begin = async () =>
      (await post('/user_management/authorize/device', { client_id: CLIENT })).body
    const refused = await begin()
    server.decideDevice(String(refused.user_code), null)
    expect(said(await askForDevice(refused.device_code))).toBe('400 error:access_denied')
    const late = await begin()
    await clock.advance(300_001)
    expect(said(await askForDevice(late.device_code))).toBe('400 error:expired_token')
    expect(() => server.decideDevice('NONE-SUCH', ADA)).toThrow('No device')
  })
})
