import { describe, expect, it } from 'vitest'
import {
  type Answer,
  choosing,
  createDesk,
  type Desk,
  SECRET,
  said,
  selected,
  strict,
  VERIFIER,
} from './desk.js'

type Row = readonly [string, string, (desk: Desk) => Promise<Answer>, Desk?]

const GRANTED: readonly Row[] = [
  ['a code with its verifier', '200', async (d) => d.exchange(await d.code())],
  [
    'a code of a confidential client without PKCE',
    '200',
    async (d) => {
      const code = await d.code({ code_challenge: '', code_challenge_method: '' })
      return d.exchange(code, { client_secret: SECRET, code_verifier: null })
    },
  ],
  ['a refresh token', '200', async (d) => d.refresh((await d.signIn()).refresh_token)],
  [
    'a refresh token with the secret',
    '200',
    async (d) => d.refresh((await d.signIn()).refresh_token, { client_secret: SECRET }),
  ],
  ['a password', '200', (d) => d.password()],
  ['a choice of organization', '200', (d) => selected(d, {}), choosing()],
]

const REFUSED: readonly Row[] = [
  ['a code that there is not', '400 error:invalid_grant', (d) => d.exchange('nope')],
  ['no code', '400 error:invalid_grant', (d) => d.exchange('')],
  [
    'a code for the second time',
    '400 error:invalid_grant',
    async (d) => {
      const code = await d.code()
      await d.exchange(code)
      return d.exchange(code)
    },
  ],
  [
    'a code that is older than ten minutes',
    '400 error:invalid_grant',
    async (d) => {
      const code = await d.code()
      await d.clock.advance(600_001)
      return d.exchange(code)
    },
  ],
  [
    'a wrong verifier',
    '400 error:invalid_grant',
    async (d) => d.exchange(await d.code(), { code_verifier: `${VERIFIER}x` }),
  ],
  [
    'a wrong verifier with the right secret',
    '400 error:invalid_grant',
    async (d) => d.exchange(await d.code(), { client_secret: SECRET, code_verifier: 'x' }),
  ],
  [
    'no verifier',
    '400 error:invalid_request',
    async (d) => d.exchange(await d.code(), { code_verifier: null }),
  ],
  [
    'a public client without PKCE',
    '400 error:invalid_request',
    async (d) => d.exchange(await d.code({ code_challenge: '', code_challenge_method: '' })),
  ],
  [
    'the code of another client',
    '400 error:invalid_grant',
    async (d) => d.exchange(await d.code(), { client_id: 'client_2' }),
    createDesk({ clients: [{ id: 'client_scripted' }, { id: 'client_2' }] }),
  ],
  [
    'the refresh token of another client',
    '400 error:invalid_grant',
    async (d) => d.refresh((await d.signIn()).refresh_token, { client_id: 'client_2' }),
    createDesk({ clients: [{ id: 'client_scripted' }, { id: 'client_2' }] }),
  ],
  ['a refresh token that there is not', '400 error:invalid_grant', (d) => d.refresh('nope')],
  ['no refresh token', '400 error:invalid_request', (d) => d.refresh(null)],
  ['a wrong password', '400 code:invalid_credentials', (d) => d.password({ password: 'x' })],
  ['an unknown address', '400 code:invalid_credentials', (d) => d.password({ email: 'x@y.z' })],
  [
    'a password of nobody who has one',
    '400 code:invalid_credentials',
    (d) => d.password({ password: null }),
    createDesk({ users: [{ email: 'ada@example.com' }] }),
  ],
  [
    'a password without the secret',
    '400 error:unauthorized_client',
    (d) => d.password({ client_secret: null }),
  ],
  [
    'a choice of organization without the secret',
    '400 error:unauthorized_client',
    (d) => selected(d, { client_secret: null }),
    choosing(),
  ],
  [
    'a pending token that there is not',
    '400 code:invalid_pending_authentication_token',
    (d) => selected(d, { pending_authentication_token: 'nope' }),
    choosing(),
  ],
  [
    'the pending token of another client',
    '400 code:invalid_pending_authentication_token',
    (d) => selected(d, { client_id: 'client_2' }),
    createDesk({
      organizationChoice: 'required',
      clients: [{ id: 'client_scripted' }, { id: 'client_2' }],
    }),
  ],
  [
    'no organization to choose',
    '400 code:invalid_organization_id',
    (d) => selected(d, { organization_id: null }),
    choosing(),
  ],
  [
    'an organization that there is not',
    '400 error:organization_not_found',
    (d) => selected(d, { organization_id: 'org_z' }),
    choosing(),
  ],
  ['a wrong secret', '401 error:invalid_client', (d) => d.password({ client_secret: 'sk_x' })],
  ['an unknown client', '400 error:invalid_client', (d) => d.refresh('x', { client_id: 'c_x' })],
  [
    'an unknown grant',
    '400 error:unsupported_grant_type',
    (d) => d.authenticate({ grant_type: 'constructor' }),
  ],
  ['no grant', '422 code:invalid_request_parameters', (d) => d.authenticate({})],
  ['no client', '422 code:invalid_request_parameters', (d) => d.refresh('x', { client_id: null })],
  ['a field that is no text', '422 code:invalid_request_parameters', (d) => d.refresh(42)],
  [
    'several organizations and no choice',
    '403 code:organization_selection_required',
    (d) => d.password(),
    choosing(),
  ],
  ['single sign-on that is due', '400 error:sso_required', (d) => d.password(), strict('sso')],
  [
    'an enrolment that is due',
    '403 code:mfa_enrollment',
    (d) => d.password(),
    strict('mfa_enrollment'),
  ],
  [
    'an enrolment that is due, in the other envelope',
    '400 error:mfa_enrollment',
    (d) => d.password(),
    strict('mfa_enrollment', 'error'),
  ],
]

describe('the scripted WorkOS at authenticate', () => {
  for (const [what, expected, ask, desk = createDesk()] of GRANTED) {
    it(`gives a session for ${what}`, async () => {
      const answer = await ask(desk)
      expect(said(answer)).toBe(expected)
      expect(answer.body).toMatchObject({
        access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        refresh_token: expect.stringMatching(/^[a-z0-9]{25}$/),
        user: { email: 'ada@example.com' },
      })
    })
  }

  for (const [what, expected, ask, desk = createDesk()] of REFUSED) {
    it(`refuses ${what}: ${expected}`, async () => {
      const answer = await ask(desk)
      expect(said(answer)).toBe(expected)
      expect(answer.body).not.toHaveProperty('access_token')
    })
  }

  it.each(['[]', '"text"', '{', 'a=b'])('refuses a body that is no object: %s', async (body) => {
    const desk = createDesk()
    const path = '/user_management/authenticate'
    expect(said(await desk.send(path, { method: 'POST', body }))).toBe('400 message')
  })

  it('describes the person in snake_case', async () => {
    const desk = createDesk()
    const { body } = await desk.password()
    expect(body).toEqual({
      user: {
        object: 'user',
        id: expect.stringMatching(/^user_01[0-9A-Z]{24}$/),
        email: 'ada@example.com',
        email_verified: true,
        name: 'Ada Lovelace',
        first_name: 'Ada',
        last_name: 'Lovelace',
        profile_picture_url: null,
        locale: null,
        last_sign_in_at: '2023-11-14T22:13:20.000Z',
        external_id: null,
        metadata: {},
        created_at: '2023-11-14T22:13:20.000Z',
        updated_at: '2023-11-14T22:13:20.000Z',
      },
      organization_id: 'org_a',
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      authentication_method: 'Password',
    })
  })
})

describe('a code', () => {
  it('is spent once by two requests at the same time', async () => {
    const desk = createDesk()
    const code = await desk.code()
    const answers = await Promise.all([desk.exchange(code), desk.exchange(code)])
    expect(answers.map(said).sort()).toEqual(['200', '400 error:invalid_grant'])
    expect(desk.server.sessions()).toHaveLength(1)
  })

  it('outlives a wrong verifier', async () => {
    const desk = createDesk()
    const code = await desk.code()
    await desk.exchange(code, { code_verifier: 'wrong' })
    expect(said(await desk.exchange(code))).toBe('200')
  })
})
