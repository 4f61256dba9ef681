import { describe, expect, it } from 'vitest'
import { type AuthError, isAuthError } from '../../../src/core/errors.js'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import { createWorkOSSessions, workosServer } from '../../../src/server/workos/index.js'
import { createManualClock } from '../../../src/testing/clock.js'
import {
  createScriptedWorkOS,
  type ScriptedWorkOSOptions,
} from '../../../src/testing/workos/index.js'

const ADA = 'ada@example.com'
const PASSWORD = 'correct horse'
const USERS = [
  {
    email: ADA,
    password: PASSWORD,
    memberships: [{ organizationId: 'org_1' }, { organizationId: 'org_2' }],
  },
]

function createWorld(options: ScriptedWorkOSOptions = {}) {
  const clock = createManualClock()
  const server = createScriptedWorkOS({ users: USERS, clock, ...options })
  const client = {
    clientId: 'client_scripted',
    apiKey: 'sk_test_scripted',
    fetch: server.fetch,
  }
  const now = (): number => clock.now()
  const sessions = createRequestSessions({
    sessions: createWorkOSSessions({ ...client, now }),
    cookie: { password: 'a password of more than 32 characters' },
    now,
  })
  const codeOf = (email: string): string =>
    server
      .mails()
      .filter(({ to }) => to === email)
      .at(-1)?.code ?? ''
  return { clock, server, sessions, codeOf, workos: workosServer(client) }
}

/** What a call is refused with. */
async function refusal(work: Promise<unknown>): Promise<AuthError> {
  const error: unknown = await work.then(
    () => 'it was not refused',
    (thrown: unknown) => thrown,
  )
  if (isAuthError(error)) return error
  throw error
}

/** The step that a sign-in wants. */
async function stepOf(work: Promise<unknown>) {
  const error = await refusal(work)
  if (!isAuthError(error, 'step_required') || !error.details) throw error
  const { pendingAuthenticationToken = '', ...step } = error.details
  return { ...step, pendingAuthenticationToken }
}

describe('a sign-in on pages of one’s own', () => {
  it('by a password brings what a session is set by', async () => {
    const { workos, sessions } = createWorld()
    const grant = await workos.exchangePassword({ email: ADA, password: PASSWORD })
    const { setCookies } = await sessions.setSession(grant, null)
    const cookie = setCookies.map((line) => line.split(';')[0]).join('; ')
    const { session } = await sessions.getSession(cookie)
    expect(session).toMatchObject({ user: { email: ADA }, authenticationMethod: 'Password' })
  })

  it('by a wrong password, or none, is refused as that', async () => {
    const { workos, server } = createWorld()
    const wrong = { email: ADA, password: 'wrong horse' }
    expect(await refusal(workos.exchangePassword(wrong))).toMatchObject({
      code: 'invalid_credentials',
      retryable: false,
    })
    const sent = server.requests.length
    expect(await refusal(workos.exchangePassword({ ...wrong, password: '' }))).toMatchObject({
      code: 'invalid_argument',
      message: 'Pass `password`, as a text.',
    })
    expect(server.requests).toHaveLength(sent)
  })

  it('by a code in a mail is for whoever reads that', async () => {
    const { workos, codeOf } = createWorld()
    await workos.sendMagicCode({ email: 'eve@example.com' })
    const code = codeOf('eve@example.com')
    expect(await refusal(workos.exchangeMagicCode({ email: ADA, code }))).toMatchObject({
      code: 'invalid_credentials',
      serverCode: 'invalid_one_time_code',
    })
    const grant = await workos.exchangeMagicCode({ email: 'eve@example.com', code })
    expect(grant).toMatchObject({
      user: { email: 'eve@example.com', emailVerified: true },
      authenticationMethod: 'MagicAuth',
    })
  })

  it('goes on once the address is verified', async () => {
    const { workos, server, codeOf } = createWorld({ emailVerification: 'required' })
    server.updateUser(ADA, { emailVerified: false })
    const step = await stepOf(workos.exchangePassword({ email: ADA, password: PASSWORD }))
    expect(step).toMatchObject({
      step: 'email_verification_required',
      email: ADA,
      emailVerificationId: expect.stringMatching(/^email_verification_/),
    })
    const { pendingAuthenticationToken } = step
    const code = codeOf(ADA)
    const grant = await workos.exchangeEmailCode({ code, pendingAuthenticationToken })
    expect(grant.user).toMatchObject({ email: ADA, emailVerified: true })
  })

  it('goes on with an authenticator, the first time with a new one', async () => {
    const { workos, server } = createWorld({ mfa: 'required' })
    const signIn = () => workos.exchangePassword({ email: ADA, password: PASSWORD })
    const first = await stepOf(signIn())
    expect(first).toMatchObject({ step: 'mfa_enrollment', userId: expect.any(String) })
    const enrolled = await workos.enrollTotp({
      userId: first.userId ?? '',
      issuer: 'Shop',
      account: 'Ada',
    })
    expect(enrolled.uri).toMatch(/^otpauth:\/\/totp\/Shop:Ada\?.*&secret=[A-Z2-7]{32}$/)
    expect(enrolled).toMatchObject({ secret: expect.any(String), qrCode: expect.any(String) })
    const answer = async ({ pendingAuthenticationToken = '' }, challengeId: string) =>
      workos.exchangeTotp({
        code: await server.totp(ADA),
        challengeId,
        pendingAuthenticationToken,
      })
    expect((await answer(first, enrolled.challengeId)).user?.email).toBe(ADA)

    const second = await stepOf(signIn())
    expect(second).toMatchObject({
      step: 'mfa_challenge',
      email: ADA,
      factors: [{ id: enrolled.factorId, type: 'totp' }],
    })
    const { challengeId } = await workos.challengeFactor(second.factors?.[0]?.id ?? '')
    const wrong = workos.exchangeTotp({
      code: '12345',
      challengeId,
      pendingAuthenticationToken: second.pendingAuthenticationToken,
    })
    expect(await refusal(wrong)).toMatchObject({ code: 'invalid_credentials' })
    expect((await answer(second, challengeId)).user?.email).toBe(ADA)
  })

  it('goes on when Radar has had its mail answered', async () => {
    const { workos, codeOf } = createWorld({ radar: 'email' })
    const step = await stepOf(workos.exchangePassword({ email: ADA, password: PASSWORD }))
    expect(step).toMatchObject({ step: 'radar_email_challenge', email: ADA })
    const { radarChallengeId = '', pendingAuthenticationToken } = step
    const answer = { code: codeOf(ADA), radarChallengeId, pendingAuthenticationToken }
    const wrong = workos.exchangeRadarEmailCode({ ...answer, code: '12345' })
    expect(await refusal(wrong)).toMatchObject({ code: 'invalid_credentials' })
    const other = workos.exchangeRadarEmailCode({ ...answer, radarChallengeId: 'radar_other' })
    expect(await refusal(other)).toMatchObject({ code: 'invalid_credentials' })
    expect((await workos.exchangeRadarEmailCode(answer)).user?.email).toBe(ADA)
  })

  it('goes on when Radar has had its text message answered', async () => {
    const { workos, codeOf } = createWorld({ radar: 'sms' })
    const step = await stepOf(workos.exchangePassword({ email: ADA, password: PASSWORD }))
    expect(step.step).toBe('radar_sms_challenge')
    const { userId = '', pendingAuthenticationToken } = step
    const phone = '+15555550123'
    const sent = await workos.sendRadarSms({
      userId,
      phoneNumber: phone,
      pendingAuthenticationToken,
    })
    expect(sent).toEqual({ verificationId: expect.any(String), phoneNumber: phone })
    const answer = { ...sent, code: codeOf(phone), pendingAuthenticationToken }
    const wrong = workos.exchangeRadarSmsCode({ ...answer, code: '12345' })
    expect(await refusal(wrong)).toMatchObject({ code: 'invalid_credentials' })
    expect((await workos.exchangeRadarSmsCode(answer)).user?.email).toBe(ADA)
  })

  it('may want several steps, one after the other', async () => {
    const { workos, server, codeOf } = createWorld({
      emailVerification: 'required',
      mfa: 'required',
      organizationChoice: 'required',
    })
    server.updateUser(ADA, { emailVerified: false })
    const verify = await stepOf(workos.exchangePassword({ email: ADA, password: PASSWORD }))
    const enroll = await stepOf(workos.exchangeEmailCode({ ...verify, code: codeOf(ADA) }))
    const { challengeId } = await workos.enrollTotp({ userId: enroll.userId ?? '' })
    const code = await server.totp(ADA)
    const choose = await stepOf(workos.exchangeTotp({ ...enroll, code, challengeId }))
    expect(choose.organizations?.map(({ id }) => id)).toEqual(['org_1', 'org_2'])
    const grant = await workos.selectOrganization({ ...choose, organizationId: 'org_2' })
    expect(grant.organizationId).toBe('org_2')
  })

  it('of a device waits for somebody at another one', async () => {
    const { workos, server, clock } = createWorld()
    const device = await workos.beginDevice()
    expect(device).toMatchObject({ lifetime: 300_000, interval: 5_000 })
    expect(device.verificationUrlComplete).toContain(device.userCode)
    const ask = () => workos.exchangeDeviceCode({ deviceCode: device.deviceCode })
    await clock.advance(device.interval)
    expect(await refusal(ask())).toMatchObject({
      code: 'rejected',
      serverCode: 'authorization_pending',
      retryable: true,
    })
    expect(await refusal(ask())).toMatchObject({ serverCode: 'slow_down', retryable: true })
    server.decideDevice(device.userCode, ADA)
    expect((await ask()).user?.email).toBe(ADA)
    expect(await refusal(ask())).toMatchObject({ serverCode: 'expired_token', retryable: false })
  })

  it('of a device that is turned away is refused for good', async () => {
    const { workos, server } = createWorld()
    const { deviceCode, userCode } = await workos.beginDevice()
    server.decideDevice(userCode, null)
    expect(await refusal(workos.exchangeDeviceCode({ deviceCode }))).toMatchObject({
      code: 'rejected',
      serverCode: 'access_denied',
      retryable: false,
    })
  })

  it('says what its arguments lack, before anything is sent', async () => {
    const { workos, server } = createWorld()
    const pendingAuthenticationToken = 'pending'
    const calls: readonly [string, Promise<unknown>][] = [
      ['email', workos.sendMagicCode({ email: '' })],
      ['code', workos.exchangeMagicCode({ email: ADA, code: '' })],
      ['code', workos.exchangeEmailCode({ code: '', pendingAuthenticationToken })],
      [
        'challengeId',
        workos.exchangeTotp({ code: '1', challengeId: '', pendingAuthenticationToken }),
      ],
      ['code', workos.exchangeTotp({ code: '', challengeId: '1', pendingAuthenticationToken })],
      [
        'organizationId',
        workos.selectOrganization({ organizationId: '', pendingAuthenticationToken }),
      ],
      ['deviceCode', workos.exchangeDeviceCode({ deviceCode: '' })],
      ['code', workos.exchangeRadarSmsCode({ code: '', pendingAuthenticationToken })],
      [
        'radarChallengeId',
        workos.exchangeRadarEmailCode({
          code: '1',
          radarChallengeId: '',
          pendingAuthenticationToken,
        }),
      ],
      [
        'phoneNumber',
        workos.sendRadarSms({ userId: '1', phoneNumber: '', pendingAuthenticationToken }),
      ],
      ['factorId', workos.challengeFactor('')],
      ['userId', workos.enrollTotp({ userId: '' })],
      ['code', workos.exchangeCode({ code: '' })],
    ]
    for (const [name, call] of calls) {
      expect(await refusal(call)).toMatchObject({
        code: 'invalid_argument',
        message: `Pass \`${name}\`, as a text.`,
      })
    }
    expect(server.requests).toEqual([])
  })

  it('takes half an answer for none', async () => {
    const { clientId, apiKey } = { clientId: 'client_1', apiKey: 'sk_test_1' }
    const workos = workosServer({ clientId, apiKey, fetch: async () => Response.json({}) })
    for (const call of [
      workos.beginDevice(),
      workos.challengeFactor('auth_factor_1'),
      workos.enrollTotp({ userId: 'user_1' }),
      workos.exchangePassword({ email: ADA, password: PASSWORD }),
    ]) {
      expect(await refusal(call)).toMatchObject({ code: 'bad_response' })
    }
    const endless = { device_code: 'd', user_code: 'u', verification_uri: 'https://id.example/d' }
    const told = workosServer({ clientId, apiKey, fetch: async () => Response.json(endless) })
    expect(await refusal(told.beginDevice())).toMatchObject({ code: 'bad_response' })
  })

  it('fails where WorkOS refuses to send what it takes, or does not answer', async () => {
    for (const [status, code] of [
      [401, 'rejected'],
      [429, 'rate_limited'],
      [500, 'server_error'],
    ] as const) {
      const fetch = async () => Response.json({ message: 'No.' }, { status })
      const workos = workosServer({ clientId: 'client_1', apiKey: 'sk_test_1', fetch })
      expect(await refusal(workos.sendMagicCode({ email: ADA }))).toMatchObject({ code, status })
    }
  })

  it('asks for a factor or a person by its own name, whatever that holds', async () => {
    const paths: string[] = []
    const workos = workosServer({
      clientId: 'client_1',
      apiKey: 'sk_test_1',
      fetch: async (url) => {
        paths.push(new URL(String(url)).pathname)
        return Response.json({ message: 'Not Found' }, { status: 404 })
      },
    })
    await refusal(workos.challengeFactor('../../user_management/users'))
    await refusal(workos.enrollTotp({ userId: 'a/b' }))
    expect(paths).toEqual([
      '/auth/factors/..%2F..%2Fuser_management%2Fusers/challenge',
      '/user_management/users/a%2Fb/auth_factors',
    ])
  })
})
