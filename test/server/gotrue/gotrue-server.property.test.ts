import { describe, expect, it } from 'vitest'
import { createGotrue, supabaseSsr } from '../../../src/server/gotrue/index.js'
import { fc } from '../../support/fast-check.js'
import { ADA, APP, createGotrueServerWorld, URL_OF_GOTRUE } from './gotrue-server-world.js'

const NAME = 'sb-project-auth-token'

describe('any cookies under the names of @supabase/ssr', () => {
  const base64 = (text: string): string => `base64-${Buffer.from(text).toString('base64url')}`
  const session = fc.record(
    {
      access_token: fc.oneof(fc.string(), fc.jsonValue()),
      refresh_token: fc.oneof(fc.string(), fc.jsonValue()),
      expires_at: fc.jsonValue(),
      user: fc.oneof(fc.record({ id: fc.string() }), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  const value = fc.oneof(
    fc.string(),
    fc.jsonValue().map((json) => base64(JSON.stringify(json))),
    session.map((json) => base64(JSON.stringify(json))),
    session.map((json) => encodeURIComponent(JSON.stringify(json))),
    fc.array(fc.jsonValue()).map((json) => encodeURIComponent(JSON.stringify(json))),
  )
  const name = fc.oneof(
    fc.constant(NAME),
    fc.integer({ min: -1, max: 30 }).map((index) => `${NAME}.${index}`),
    fc.string().map((tail) => NAME + tail),
  )

  it('are a session with both tokens and a person, or none, and never an error', async () => {
    const { find, cookiesIn } = supabaseSsr({ server: createGotrue({ url: URL_OF_GOTRUE }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, fc.array(value, { maxLength: 2 }))),
        async (pairs) => {
          const jar = new Map(pairs)
          const found = await find(jar, 1_700_000_000_000)
          cookiesIn(jar)
          if (found && 'grant' in found) {
            expect(found.grant.accessToken).toMatch(/./)
            expect(found.grant.refreshToken).toMatch(/./)
            expect(Object.keys(found.grant.user ?? {})).toEqual(['id'])
          }
        },
      ),
    )
  })
})

describe('any address in the link of a mail', () => {
  const host = fc.constantFrom('evil.example', 'app.example', 'app.example.evil.example', '')
  const part = fc.oneof(
    fc.constantFrom(
      '/',
      '//',
      '\\',
      '%2F',
      '%5C',
      '..',
      '.',
      '@',
      ':',
      '\t',
      '?',
      '#',
      'auth/callback',
    ),
    fc.string({ maxLength: 4 }),
  )
  const address = fc
    .tuple(
      fc.constantFrom('', 'https://', 'HTTPS:', 'http://', '//', '/', '\\\\'),
      host,
      fc.array(part),
    )
    .map(([scheme, there, parts]) => scheme + there + parts.join(''))

  it('leads to a page of the app', async () => {
    const { scripted, call, send, server } = createGotrueServerWorld()
    await call('/auth/otp', { email: ADA.email })
    await fc.assert(
      fc.asyncProperty(address, async (next) => {
        await server.sendOtp({ email: ADA.email })
        const hash = scripted.messages.at(-1)?.tokenHash ?? ''
        const query = new URLSearchParams({ token_hash: hash, type: 'email', next })
        const answer = await send(`/auth/confirm?${query}`, { method: 'POST' })
        const location = answer.headers.get('location') ?? ''
        expect(location.startsWith(`${APP}/`)).toBe(true)
        expect(new URL(location).origin).toBe(APP)
        expect(new URL(location).pathname).not.toMatch(/^\/[/\\]/)
      }),
      { numRuns: 50 },
    )
  })
})

describe('anything that a page posts', () => {
  const fields = ['email', 'phone', 'password', 'code', 'type', 'tokenHash', 'idToken', 'provider']
  const more = ['anonymous', 'data', 'captchaToken', 'channel', 'returnTo', 'createUser', 'scope']
  const body = fc.dictionary(fc.constantFrom(...fields, ...more), fc.jsonValue())
  const path = fc.constantFrom('credentials', 'register', 'otp', 'recover', 'resend', 'user')

  it('is answered in JSON, and never by an error of the server’s own', async () => {
    const { call, reports, jar } = createGotrueServerWorld()
    await fc.assert(
      fc.asyncProperty(path, fc.oneof(body, fc.jsonValue()), async (route, json) => {
        const answer = await call(`/auth/${route}`, json)
        expect(typeof (await answer.json())).toBe('object')
        expect([200, 400, 401, 409, 429, 503]).toContain(answer.status)
        jar.cookies.clear()
      }),
    )
    expect(reports).toEqual([])
  })
})
