import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import { createPkce } from '../../../src/providers/shared/pkce.js'
import { createOidc, createOidcSessions, type OidcServer } from '../../../src/server/oidc/index.js'
import { anyAnswer } from '../../support/any-answer.js'
import { fc } from '../../support/fast-check.js'
import {
  answering,
  CALLBACK,
  DOCUMENT,
  ID_CLAIMS,
  ISSUER,
  tokenBody,
} from '../../support/oidc-wire.js'
import { context, jwt } from '../../support/wire.js'
import { PASSWORD, SECRET } from './oidc-server-world.js'

const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', null, 0, -1, '60', '1e999', [], {}))
const OPTIONS = { issuer: ISSUER, clientId: 'app', clientSecret: SECRET }
const MINUTE = 60_000
const failed = (error: unknown): unknown => error

/** What an answer says, as far as it is an object of JSON. */
async function said(answer: Response): Promise<object> {
  const value: unknown = await answer.json().catch(() => null)
  return typeof value === 'object' && value !== null ? value : {}
}

describe('a refusal', () => {
  it('whose word cannot even be made a text is none of the protocol', async () => {
    for (const error of [{ toString: 0 }, [{ toString: 0 }]]) {
      const { fetch } = answering([400, { error }])
      const oidc = createOidc({ ...OPTIONS, metadata: DOCUMENT, fetch })
      const outcome = await oidc.refresh('refresh-0', context()).catch(failed)
      expect(outcome).toMatchObject({ code: 'bad_response', status: 400 })
    }
  })
})

describe('any discovery document', () => {
  // Most are such that something is sent to them: one that is refused shows little.
  const endpoint = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('https://id.example/a', 'https://b.example/?c=d') },
    { weight: 2, arbitrary: fc.constant('http://id.example/a') },
    fc.constantFrom('javascript:1', '//x'),
    odd,
  )
  const document = fc.record(
    {
      issuer: fc.oneof({ weight: 8, arbitrary: fc.constant(ISSUER) }, odd),
      authorization_endpoint: endpoint,
      token_endpoint: endpoint,
      revocation_endpoint: endpoint,
      introspection_endpoint: endpoint,
      pushed_authorization_request_endpoint: endpoint,
      require_pushed_authorization_requests: fc.oneof(fc.boolean(), odd),
      jwks_uri: endpoint,
    },
    { requiredKeys: ['issuer'] },
  )
  const CALLS: readonly ((oidc: OidcServer) => Promise<unknown>)[] = [
    (oidc) => oidc.refresh('refresh-0', context()),
    (oidc) => oidc.revoke('refresh-0'),
    (oidc) => oidc.introspect('access-0'),
    (oidc) => oidc.clientCredentials(),
    (oidc) => oidc.signOutUrl({ idToken: 'id-0' }),
    async (oidc) => {
      const { challenge: codeChallenge } = await createPkce()
      return oidc.authorizeUrl({ redirectUri: CALLBACK, state: 'state', codeChallenge })
    },
  ]

  it('sends a secret nowhere but to https: endpoints of this issuer’s own document', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          { weight: 3, arbitrary: document.map((some) => () => Response.json(some)) },
          anyAnswer(document),
        ),
        fc.constantFrom(...CALLS),
        fc.boolean(),
        async (make, call, inBody) => {
          const { sent, fetch } = answering(make(), make(), [200, tokenBody()])
          const clientAuthentication = inBody ? 'client_secret_post' : 'client_secret_basic'
          const outcome = await call(createOidc({ ...OPTIONS, clientAuthentication, fetch })).catch(
            failed,
          )
          expect(outcome instanceof TypeError).toBe(false)
          const trusted = await said(make())
          const carries = sent.filter(
            ({ headers, form }) => headers.has('authorization') || 'client_secret' in form,
          )
          expect(carries).toEqual(sent.filter(({ method }) => method === 'POST'))
          for (const { url } of carries) {
            expect(trusted).toMatchObject({ issuer: ISSUER })
            expect(url).toMatch(/^https:/)
            const endpoints = Object.entries(trusted)
              .filter(([name, place]) => name.endsWith('_endpoint') && place)
              .map(([, place]) => new URL(String(place)).href)
            expect(endpoints).toContain(url)
          }
        },
      ),
    )
  })
})

describe('any answer to a code', () => {
  const claims = fc.record(
    {
      iss: fc.oneof(fc.constant(ISSUER), odd),
      aud: fc.oneof(fc.constant('app'), odd),
      azp: odd,
      sub: fc.oneof(fc.constant('ada'), odd),
      iat: fc.oneof(fc.constant(1_000), odd),
      exp: fc.oneof(fc.constant(1_060), odd),
      sid: odd,
      email: odd,
    },
    { requiredKeys: [] },
  )

  it('is a session that seals take and open again, or an AuthError', async () => {
    const { verifier, challenge } = await createPkce()
    const body = fc
      .record(
        {
          access_token: fc.oneof(fc.constant('access-1'), odd),
          refresh_token: odd,
          expires_in: odd,
          token_type: fc.oneof(fc.constant('bearer'), odd),
          scope: odd,
          id_token: fc.oneof(
            claims.map((some) => jwt({ ...ID_CLAIMS, nonce: challenge, ...some })),
            odd,
          ),
          oidc: odd,
        },
        { requiredKeys: [] },
      )
      .map((some) => ({ ...tokenBody({ nonce: challenge }), ...some }))
    const exchange = { code: 'code-1', codeVerifier: verifier, redirectUri: CALLBACK }
    await fc.assert(
      fc.asyncProperty(anyAnswer(body), async (make) => {
        const { fetch } = answering(make())
        const oidc = createOidc({ ...OPTIONS, metadata: DOCUMENT, fetch })
        const sessions = createOidcSessions({ server: oidc })
        try {
          const grant = await oidc.exchangeCode(exchange)
          const value = await sessions.sealSession(grant, { password: PASSWORD })
          const found = await sessions.openSession({ value, password: PASSWORD }).getSession()
          // Who gets a token of a moment has a session that is over by the time somebody looks.
          const lives = (grant.lifetime ?? MINUTE) >= MINUTE
          if (lives) expect(found).toMatchObject({ signedIn: true, user: { id: grant.user?.id } })
          expect(grant.user?.id).toMatch(/./s)
        } catch (error) {
          if (!isAuthError(error)) throw error
        }
      }),
    )
  })
})
