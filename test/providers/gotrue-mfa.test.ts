import { describe, expect, it } from 'vitest'
import { assuranceLevel } from '../../src/providers/gotrue/mfa.js'
import { fc } from '../support/fast-check.js'
import { context, jwt, wire } from '../support/wire.js'

/** What a refresh that is answered by these claims and this user makes of the session. */
async function granted(claims: object, user: object = { id: 'ada' }) {
  const body = { access_token: jwt({ sub: 'ada', ...claims }), refresh_token: 'r', user }
  return wire([200, body]).provider.refresh('token', context())
}

describe('a session says how sure the server is', () => {
  it('by `aal` and `amr`, with times in ms', async () => {
    const amr = [
      { method: 'totp', timestamp: 1_700_000_001 },
      { method: 'password', timestamp: 1_700_000_000 },
    ]
    expect(await granted({ aal: 'aal2', amr })).toMatchObject({
      aal: 'aal2',
      amr: [
        { method: 'totp', at: 1_700_000_001_000 },
        { method: 'password', at: 1_700_000_000_000 },
      ],
    })
  })

  it('by bare names too, as a token hook may sign them (RFC 8176)', async () => {
    expect((await granted({ amr: ['pwd', 'otp'] }))?.amr).toEqual([
      { method: 'pwd' },
      { method: 'otp' },
    ])
  })

  it.each([
    [{}, undefined, undefined],
    [{ aal: 7, amr: 'password' }, undefined, undefined],
    [{ aal: '', amr: {} }, undefined, undefined],
    [{ aal: null, amr: [null, 7, '', {}, { method: 7 }, []] }, undefined, []],
    [{ amr: [{ method: 'a', timestamp: 'soon' }] }, undefined, [{ method: 'a' }]],
  ])('and nothing where the token says it otherwise: %j', async (claims, aal, amr) => {
    const grant = await granted(claims)
    expect(grant?.aal).toBe(aal)
    expect(grant?.amr).toEqual(amr)
  })

  it('whatever the user and the claims are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.jsonValue(),
        async (aal, amr, factors) => {
          const grant = await granted({ aal, amr }, { id: 'ada', factors })
          const user = { id: 'ada', factors: grant?.user?.factors }
          const session = { ...grant, user, refreshToken: 'r', expiresAt: 0, extras: {} }
          const level = assuranceLevel({ ...session, accessToken: 'a' })
          expect([null, 'aal2', aal]).toContain(level.current)
          expect(Array.isArray(level.methods)).toBe(true)
        },
      ),
    )
  })
})
