import { describe, expect, it } from 'vitest'
import { isAuthError, type Session } from '../../src/index.js'
import { type OidcUser, oidc, stepOf, stepUp } from '../../src/providers/oidc/index.js'
import { anyAnswer } from '../support/any-answer.js'
import { fc } from '../support/fast-check.js'
import {
  answering,
  CALLBACK,
  DOCUMENT,
  ID_CLAIMS,
  ISSUER,
  oidcPage,
  oidcWire,
  tokenBody,
} from '../support/oidc-wire.js'
import { context, jwt } from '../support/wire.js'

const WORDS = ['invalid_grant', 'invalid_client', 'mfa_required', 'login_required', 'server_error']
const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', null, 0, -1, '60', '1e999', [], {}))

const claims = fc.record(
  {
    iss: fc.oneof(fc.constant(ISSUER), odd),
    aud: fc.oneof(fc.constant('app'), odd),
    azp: odd,
    sub: fc.oneof(fc.constant('ada'), fc.constant('eve'), odd),
    iat: fc.oneof(fc.constant(1_000), odd),
    exp: fc.oneof(fc.constant(1_060), odd),
    nonce: odd,
    sid: odd,
    amr: odd,
    email: odd,
  },
  { requiredKeys: [] },
)
const token = fc.oneof(
  claims.map((some) => jwt({ ...ID_CLAIMS, ...some })),
  fc.string(),
  odd,
)
const session = fc
  .record(
    {
      access_token: fc.oneof(fc.constant('access-1'), token),
      refresh_token: odd,
      expires_in: odd,
      token_type: odd,
      scope: odd,
      id_token: token,
      // What sessions call what the library itself keeps.
      oidc: odd,
      dpop: fc.oneof(fc.record({ key: fc.constant('key'), jkt: fc.string() }), odd),
      keyId: fc.oneof(fc.constant('key'), odd),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...tokenBody(), ...some }))
const refusal = fc.record(
  {
    error: fc.oneof(fc.constantFrom(...WORDS), odd),
    error_description: fc.oneof(fc.constant('<b>bold</b>'), odd),
    suberror: fc.oneof(fc.constant('basic_action'), odd),
    claims: odd,
    mfa_token: odd,
  },
  { requiredKeys: [] },
)

const SESSION: Session<OidcUser> = {
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
  expiresAt: 0,
  user: { id: 'ada' },
  extras: { oidc: { server: DOCUMENT, subject: 'ada' } },
}

/** What an answer says, as far as it is an object of JSON. */
async function said(answer: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await answer.text())
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

describe('any answer to a refresh', () => {
  it('is a sound grant, no session, or an AuthError; and a session ends only by the closed list', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer(fc.oneof(session, refusal)), async (make) => {
        const { provider } = oidcWire({}, make())
        const outcome = await provider
          .refresh('refresh-0', { ...context(), session: SESSION })
          .catch((error: unknown) => error)
        if (outcome === null) return
        if (!isAuthError(outcome)) {
          const { lifetime, accessToken } = outcome as { lifetime: number; accessToken: unknown }
          const { refreshToken } = outcome as { refreshToken?: unknown }
          // Without an access token it is the next refresh token alone.
          if (accessToken !== '') expect(accessToken).toEqual(expect.stringMatching(/./s))
          else expect(refreshToken).toEqual(expect.stringMatching(/./s))
          expect(lifetime > 0 && Number.isFinite(lifetime)).toBe(true)
          expect(outcome).toMatchObject({ extras: { oidc: { subject: 'ada' } } })
          expect(outcome).not.toHaveProperty('keyId')
          expect(outcome).not.toHaveProperty('extras.dpop')
          const { user } = outcome as { user?: OidcUser }
          expect(user === undefined || user.id === 'ada').toBe(true)
          return
        }
        expect(outcome.message).not.toContain('<b>')
        if (outcome.code !== 'refresh_rejected') return
        const { status } = make()
        if (outcome.serverCode === 'subject_changed') expect(status).toBeLessThan(300)
        else {
          expect((await said(make())).error).toBe('invalid_grant')
          expect([400, 401, 403]).toContain(status)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('that brings a refresh token is never thrown away, whatever else is in it, or is not', async () => {
    const some = session.map(({ id_token: _, ...body }) => ({
      ...body,
      refresh_token: 'refresh-2',
    }))
    await fc.assert(
      fc.asyncProperty(some, fc.boolean(), async ({ access_token, ...body }, without) => {
        const answer = Response.json(without ? body : { ...body, access_token })
        const own = { ...context(), session: SESSION }
        const grant = await oidcWire({}, answer).provider.refresh('refresh-0', own)
        expect(grant).toMatchObject({ refreshToken: 'refresh-2' })
      }),
    )
  })

  it.each([
    ['an access token', [{ toString: 0 }]],
    ['an audience', jwt({ sub: 'ada', aud: [{ toString: 0 }] })],
    ['the end of a token', jwt({ sub: 'ada', exp: { toString: 0, valueOf: 0 }, iat: 1 })],
    ['the beginning of a token', jwt({ sub: 'ada', exp: 9, iat: [{ toString: 0 }] })],
  ])(
    'that brings a refresh token is kept where %s cannot even be made a text or a number',
    async (_, token) => {
      const body = { access_token: token, refresh_token: 'refresh-2', expires_in: 60 }
      const own = {
        ...context(),
        session: { ...SESSION, accessToken: jwt({ sub: 'ada', aud: 'api' }) },
      }
      const grant = await oidcWire({}, Response.json(body)).provider.refresh('refresh-0', own)
      expect(grant).toMatchObject({ refreshToken: 'refresh-2' })
    },
  )

  it('that brings a token for this person is never thrown away, whatever else is in it', async () => {
    const fine = session.map(({ id_token: _, ...some }) => ({ ...some, access_token: 'access-1' }))
    await fc.assert(
      fc.asyncProperty(fine, fc.constantFrom(200, 201, 203), async (body, status) => {
        const answer = new Response(JSON.stringify(body), { status })
        const grant = await oidcWire({}, answer).provider.refresh('refresh-0', {
          ...context(),
          session: SESSION,
        })
        const { refresh_token } = body
        expect(grant?.accessToken).toBe('access-1')
        expect(grant?.refreshToken).toBe(
          typeof refresh_token === 'string' && refresh_token !== '' ? refresh_token : undefined,
        )
      }),
    )
  })
})

describe('any discovery document', () => {
  it('sends a token nowhere but to an https: endpoint of this issuer’s own document', async () => {
    const endpoint = fc.oneof(
      fc.constantFrom('https://id.example/token', 'http://id.example/token', 'javascript:1', '//x'),
      fc.webUrl(),
      odd,
    )
    const document = fc.record(
      {
        issuer: fc.oneof(fc.constant(ISSUER), odd),
        authorization_endpoint: endpoint,
        token_endpoint: endpoint,
        revocation_endpoint: endpoint,
      },
      { requiredKeys: ['issuer'] },
    )
    await fc.assert(
      fc.asyncProperty(anyAnswer(document), async (make) => {
        const { sent, fetch } = answering(make(), make(), [200, tokenBody()])
        const options = { issuer: ISSUER, clientId: 'app', redirectUri: CALLBACK, fetch }
        const outcome = await oidc(options)
          .refresh('refresh-0', context())
          .catch((error: unknown) => error)
        const trusted = await said(make())
        for (const { url } of sent.filter(({ method }) => method === 'POST')) {
          expect(trusted.issuer).toBe(ISSUER)
          expect(url).toMatch(/^https:/)
          expect(new URL(String(trusted.token_endpoint)).href).toBe(url)
        }
        expect(outcome === null || isAuthError(outcome) || typeof outcome === 'object').toBe(true)
      }),
    )
  })
})

describe('any address that comes back', () => {
  it('is an answer to what this browser began, or an AuthError, or nothing', async () => {
    const fields = fc.dictionary(
      fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'scope', 'x'),
      fc.oneof(fc.constantFrom('foreign', ISSUER, 'login_required', '<b>'), fc.string()),
    )
    const { begin, comeBack, sent } = oidcPage({})
    await begin()
    await fc.assert(
      fc.asyncProperty(fields, async (given) => {
        const outcome = await comeBack(given)
        expect(outcome === null || isAuthError(outcome, 'invalid_credentials')).toBe(true)
        expect(sent).toEqual([])
      }),
    )
  })
})

describe('any options', () => {
  it('of a sign-in make an address or an AuthError', async () => {
    const { auth } = oidcPage({})
    const names = ['prompt', 'maxAge', 'claims', 'scope', 'parameters', 'acrValues', 'state']
    const wish = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...names), fc.anything()))
    await fc.assert(
      fc.asyncProperty(wish, async (given) => {
        const outcome: unknown = await Reflect.apply(auth.actions.signInUrl, undefined, [
          given,
        ]).catch((error: unknown) => error)
        const address =
          typeof outcome === 'string' && outcome.startsWith(DOCUMENT.authorization_endpoint)
        expect(address || isAuthError(outcome, 'invalid_argument')).toBe(true)
      }),
    )
  })

  it('of a challenge mean a step, a refresh or nothing', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'Bearer',
        'error=',
        '"',
        ',',
        ' ',
        'insufficient_user_authentication',
        'max_age',
        'claims=',
      ),
      fc.string(),
    )
    const challenge = fc.array(word).map((words) => words.join('').replace(/[^ -~]/g, ''))
    fc.assert(
      fc.property(challenge, fc.constantFrom(200, 401, 403), (text, status) => {
        const headers = new Headers({ 'WWW-Authenticate': text })
        const answer = { url: 'https://api.example/', method: 'GET', status, headers }
        expect(['step', 'refresh', 'none']).toContain(stepUp(answer).kind)
        if (status !== 401) expect(stepUp(answer).kind).toBe('none')
      }),
    )
    fc.assert(fc.property(fc.anything(), (error) => stepOf(error) === null))
  })
})
