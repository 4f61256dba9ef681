import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GoTrueClient } from '../../src/compat/auth-js/index.js'
import { toUser } from '../../src/compat/auth-js/translate.js'
import type { AnyMetadata } from '../../src/providers/gotrue/index.js'
import { toUser as readUser } from '../../src/providers/gotrue/wire.js'
import { fc } from '../support/fast-check.js'
import { jwt } from '../support/wire.js'

/** What a real GoTrue 2.196 said of people, each form once. */
const USERS: readonly Record<string, unknown>[] = JSON.parse(
  readFileSync(new URL('captured-users.json', import.meta.url), 'utf8'),
)

/** Without what factors carry for the server only: sessions do not keep it. */
const lightened = (user: Record<string, unknown>): unknown =>
  JSON.parse(
    JSON.stringify(user, (name, value) =>
      name === 'last_webauthn_challenge_data' ? undefined : value,
    ),
  )

describe('a user', () => {
  it('is captured in many forms', () => {
    expect(USERS.length).toBeGreaterThan(10)
    expect(JSON.stringify(USERS)).toContain('last_webauthn_challenge_data')
  })

  it.each(USERS)('is what the server said, field by field: $email $id', async (user) => {
    const session = {
      access_token: jwt({ sub: user.id, iat: 100, exp: 3700 }),
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: 'refresh-token',
      user,
    }
    const auth = new GoTrueClient({
      persistSession: false,
      fetch: async (url) => Response.json(String(url).includes('/token') ? session : user),
    })
    const { data } = await auth.signInWithPassword({ email: 'a@example.com', password: 'x' })
    expect(data.user).toEqual(lightened(user))
    expect(data.session).toMatchObject({ ...session, user: lightened(user) })
    expect((await auth.getUser()).data.user).toEqual(lightened(user))
    await auth.dispose()
  })

  it('keeps every name that a server can have given it', () => {
    const name = fc.stringMatching(/^_?[a-z][a-z0-9]*(__?[a-z0-9]+)*$/)
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (fields) => {
        const said = { ...fields, factors: [], id: 'ada' }
        const user = readUser<AnyMetadata>(said)
        expect(user && { ...toUser(user) }).toMatchObject(said)
      }),
    )
  })

  it('has what auth-js promises also where the server says nothing', () => {
    expect(toUser({ id: 'ada' })).toEqual({
      id: 'ada',
      app_metadata: {},
      user_metadata: {},
      aud: '',
      created_at: '',
    })
  })
})
