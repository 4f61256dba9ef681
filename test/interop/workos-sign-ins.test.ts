import { WorkOS } from '@workos-inc/node'
import { describe, expect, it } from 'vitest'
import { type WorkOSServer, workosServer } from '../../src/server/workos/index.js'
import { createScriptedWorkOS } from '../../src/testing/workos/index.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }
const KEYS = { clientId: 'client_scripted', apiKey: 'sk_test_scripted' }
const VISITOR = { ipAddress: '203.0.113.7', userAgent: 'a browser' }
const PENDING = { pendingAuthenticationToken: 'pending' }

type Sdk = WorkOS['userManagement']

const sdkWith = (fetchFn: typeof fetch): WorkOS =>
  new WorkOS(KEYS.apiKey, { clientId: KEYS.clientId, fetchFn, maxRetries: 0 })

/** What a call sends, by its path and body. */
async function sentBy(call: (fetch: typeof globalThis.fetch) => Promise<unknown>) {
  const sent: unknown[] = []
  await call(async (input, init) => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    sent.push({ pathname, body: await request.json() })
    return Response.json({ error: 'invalid_grant' }, { status: 400 })
  }).catch(() => {})
  return sent
}

const { clientId } = KEYS

/** The same sign-in, in the words of WorkOS's SDK and in ours. */
const SIGN_INS: Readonly<
  Record<
    string,
    readonly [(sdk: Sdk) => Promise<unknown>, (ours: WorkOSServer) => Promise<unknown>]
  >
> = {
  'a password': [
    (sdk) => sdk.authenticateWithPassword({ clientId, ...ADA, ...VISITOR }),
    (ours) => ours.exchangePassword({ ...ADA, ...VISITOR }),
  ],
  'a code of a redirect': [
    (sdk) => sdk.authenticateWithCode({ clientId, code: '1', codeVerifier: '2', ...VISITOR }),
    (ours) => ours.exchangeCode({ code: '1', codeVerifier: '2', ...VISITOR }),
  ],
  'a code of a mail': [
    (sdk) => sdk.authenticateWithMagicAuth({ clientId, email: ADA.email, code: '123456' }),
    (ours) => ours.exchangeMagicCode({ email: ADA.email, code: '123456' }),
  ],
  'an invitation': [
    (sdk) => sdk.authenticateWithPassword({ clientId, ...ADA, invitationToken: 'inv_1' }),
    (ours) => ours.exchangePassword({ ...ADA, invitationToken: 'inv_1' }),
  ],
  'an address that is verified': [
    (sdk) => sdk.authenticateWithEmailVerification({ clientId, code: '123456', ...PENDING }),
    (ours) => ours.exchangeEmailCode({ code: '123456', ...PENDING }),
  ],
  'digits of an authenticator': [
    (sdk) =>
      sdk.authenticateWithTotp({
        clientId,
        code: '123456',
        authenticationChallengeId: 'auth_challenge_1',
        ...PENDING,
      }),
    (ours) => ours.exchangeTotp({ code: '123456', challengeId: 'auth_challenge_1', ...PENDING }),
  ],
  'a choice of organization': [
    (sdk) =>
      sdk.authenticateWithOrganizationSelection({ clientId, organizationId: 'org_1', ...PENDING }),
    (ours) => ours.selectOrganization({ organizationId: 'org_1', ...PENDING }),
  ],
  'an answer to the mail of Radar': [
    (sdk) =>
      sdk.authenticateWithRadarEmailChallenge({
        clientId,
        code: '123456',
        radarChallengeId: 'radar_1',
        ...PENDING,
      }),
    (ours) =>
      ours.exchangeRadarEmailCode({ code: '123456', radarChallengeId: 'radar_1', ...PENDING }),
  ],
  'an answer to the text message of Radar': [
    (sdk) =>
      sdk.authenticateWithRadarSmsChallenge({
        clientId,
        code: '123456',
        verificationId: 'verification_1',
        phoneNumber: '+15555550123',
        ...PENDING,
      }),
    (ours) =>
      ours.exchangeRadarSmsCode({
        code: '123456',
        verificationId: 'verification_1',
        phoneNumber: '+15555550123',
        ...PENDING,
      }),
  ],
  'a text message of Radar': [
    (sdk) =>
      sdk.sendRadarSmsChallenge({ userId: 'user_1', phoneNumber: '+15555550123', ...PENDING }),
    (ours) => ours.sendRadarSms({ userId: 'user_1', phoneNumber: '+15555550123', ...PENDING }),
  ],
  'a mail with a code': [
    (sdk) => sdk.createMagicAuth({ email: ADA.email, ...VISITOR }),
    (ours) => ours.sendMagicCode({ email: ADA.email, ...VISITOR }),
  ],
}

describe('@workos-inc/node', () => {
  it.each(Object.entries(SIGN_INS))('sends as we do for %s', async (_, [theirs, ours]) => {
    const wanted = await sentBy((fetch) => theirs(sdkWith(fetch).userManagement))
    expect(wanted).toHaveLength(1)
    expect(await sentBy((fetch) => ours(workosServer({ ...KEYS, fetch })))).toEqual(wanted)
  })

  it('signs in at the scripted WorkOS, by every step', async () => {
    const server = createScriptedWorkOS({
      users: [{ ...ADA, emailVerified: false }],
      emailVerification: 'required',
      mfa: 'required',
    })
    const sdk = sdkWith(server.fetch)
    const { userManagement } = sdk
    const pendingOf = async (work: Promise<unknown>) =>
      work.then(
        () => Promise.reject(new Error('It was not refused.')),
        ({ code, pendingAuthenticationToken, rawData }) => ({
          code: String(code),
          pendingAuthenticationToken: String(pendingAuthenticationToken),
          rawData,
        }),
      )
    const first = await pendingOf(userManagement.authenticateWithPassword({ clientId, ...ADA }))
    expect(first.code).toBe('email_verification_required')
    const code = server.mails().at(-1)?.code ?? ''
    const { pendingAuthenticationToken } = first
    const verification = { clientId, code, pendingAuthenticationToken }
    const second = await pendingOf(userManagement.authenticateWithEmailVerification(verification))
    expect(second.code).toBe('mfa_enrollment')
    const { authenticationChallenge } = await sdk.multiFactorAuth.createUserAuthFactor({
      userId: second.rawData.user.id,
      type: 'totp',
    })
    const answer = await userManagement.authenticateWithTotp({
      clientId,
      code: await server.totp(ADA.email),
      authenticationChallengeId: authenticationChallenge.id,
      pendingAuthenticationToken: second.pendingAuthenticationToken,
    })
    expect(answer.user).toMatchObject({ email: ADA.email, emailVerified: true })

    const third = await pendingOf(userManagement.authenticateWithPassword({ clientId, ...ADA }))
    expect(third.code).toBe('mfa_challenge')
    const factorId = third.rawData.authentication_factors[0].id
    const challenge = await sdk.multiFactorAuth.challengeFactor({
      authenticationFactorId: factorId,
    })
    expect(challenge.authenticationFactorId).toBe(factorId)
  })

  it('reads the mails that the scripted WorkOS sends, and signs in by them', async () => {
    const server = createScriptedWorkOS()
    const { userManagement } = sdkWith(server.fetch)
    const { email, code } = await userManagement.createMagicAuth({ email: 'eve@example.com' })
    expect(server.mails()).toEqual([{ to: email, kind: 'magic_auth', code }])
    const answer = await userManagement.authenticateWithMagicAuth({ clientId, email, code })
    expect(answer).toMatchObject({ user: { email }, authenticationMethod: 'MagicAuth' })
  })
})
