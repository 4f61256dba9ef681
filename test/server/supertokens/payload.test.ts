import { describe, expect, it } from 'vitest'
import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import type { SessionPayload } from '../../../src/server/supertokens/types.js'
import { FIRST, failureOf, HOUR, LEGACY, readyStage, type StageOptions } from './stage.js'
import { failureOf as briefly } from './web-stage.js'

const INVALID = { type: 'GENERAL_ERROR', code: 'invalid_argument' }
const OVER = { type: 'UNAUTHORISED', code: 'refresh_rejected' }

/** A session that has begun, and what changes it. */
async function begin(options: StageOptions = {}) {
  const stage = await readyStage(options)
  const { superTokens } = stage
  const tokens = await superTokens.createNewSession('ada', { role: 'admin', theme: 'light' })
  const { handle } = tokens.session
  const accessToken = tokens.accessToken.token
  return {
    ...stage,
    tokens,
    handle,
    /** By the token of the session's beginning, as its requests show it for an hour. */
    merge: (update: SessionPayload) =>
      superTokens.mergeIntoAccessTokenPayload(handle, update, { accessToken }),
    /** By the handle alone, as an administrator does. */
    mergeFromAfar: (update: SessionPayload) =>
      superTokens.mergeIntoAccessTokenPayload(handle, update),
    inCore: () => stage.core.sessions()[0]?.userDataInJWT,
  }
}

const payloadIn = (token: string | undefined): unknown =>
  readAccessToken(token ?? '')?.userDataInJWT

/** Objects in objects. */
const nested = (levels: number): SessionPayload =>
  levels === 0 ? {} : { deeper: nested(levels - 1) }

describe('the payload of a session that lives', () => {
  it('has other values, and no longer those that are null, in a token at once', async () => {
    const { merge, inCore } = await begin()
    const changed = await merge({ role: 'reader', theme: null, plan: { seats: 3 } })
    const payload = { role: 'reader', plan: { seats: 3 } }
    expect(changed?.session.userDataInJWT).toEqual(payload)
    expect(payloadIn(changed?.accessToken?.token)).toEqual(payload)
    expect(inCore()).toEqual(payload)
  })

  it('is in a token that verifies, and lives no longer than the one before', async () => {
    const { merge, tokens, superTokens, pass } = await begin()
    pass(HOUR / 2)
    const changed = await merge({ plan: 'pro' })
    expect(changed?.accessToken?.expiry).toBe(tokens.accessToken.expiry)
    const { session } = await superTokens.getSession(changed?.accessToken?.token ?? '')
    expect(session.userDataInJWT).toMatchObject({ plan: 'pro' })
  })

  it('stays when the session is refreshed', async () => {
    const { merge, tokens, renew } = await begin()
    await merge({ role: 'reader' })
    expect((await renew(tokens)).session.userDataInJWT).toEqual({ role: 'reader', theme: 'light' })
  })

  it('is changed by the handle too, which the next refresh brings', async () => {
    const { mergeFromAfar, tokens, renew } = await begin()
    expect(await mergeFromAfar({ role: null })).toBeUndefined()
    expect((await renew(tokens)).session.userDataInJWT).toEqual({ theme: 'light' })
  })

  it('does not get a role back that was taken from afar, by whatever its own token still says', async () => {
    const { merge, mergeFromAfar, inCore } = await begin()
    await mergeFromAfar({ role: 'reader' })
    const changed = await merge({ theme: 'dark' })
    const payload = { role: 'reader', theme: 'dark' }
    expect(payloadIn(changed?.accessToken?.token)).toEqual(payload)
    expect(inCore()).toEqual(payload)
  })

  it('has what each of several requests at once has put there', async () => {
    const { merge, mergeFromAfar, inCore } = await begin()
    await Promise.all([
      merge({ a: 1 }),
      mergeFromAfar({ b: 2 }),
      merge({ c: 3 }),
      merge({ a: null }),
    ])
    expect(inCore()).toEqual({ role: 'admin', theme: 'light', b: 2, c: 3 })
  })

  it('is not kept from changing by a change that failed', async () => {
    const { core, merge, inCore } = await begin()
    core.fail({ type: 'status', status: 500 }, { path: '/recipe/session/regenerate' })
    const first = briefly(merge({ a: 1 }))
    await merge({ b: 2 })
    expect(await first).toEqual({ type: 'GENERAL_ERROR', code: 'server_error' })
    expect(inCore()).toEqual({ role: 'admin', theme: 'light', b: 2 })
  })

  it('is there after the refresh where the token has expired meanwhile', async () => {
    const { merge, tokens, renew, pass } = await begin()
    pass(HOUR + 1_000)
    const changed = await merge({ plan: 'pro' })
    expect(changed?.accessToken).toBeUndefined()
    expect(changed?.session.userDataInJWT).toMatchObject({ plan: 'pro' })
    expect((await renew(tokens)).session.userDataInJWT).toMatchObject({ plan: 'pro' })
  })

  it.each([
    ['2.3', LEGACY, true],
    ['2.20', { versions: ['2.20'] }, true],
    ['2.21', { versions: ['2.21'] }, false],
    ['5.6', {}, false],
  ])('makes no token of one that somebody forged: interface %s', async (version, core, old) => {
    const stage = await begin({ core, interface: version })
    const { accessToken, session } = stage.tokens
    const [head = '', body = '', mark = ''] = accessToken.token.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64').toString())
    const evil = JSON.stringify({ ...claims, sub: 'root', userId: 'root', rsub: 'root' })
    const encoded = Buffer.from(evil).toString(old ? 'base64' : 'base64url')
    const forged = `${head}.${encoded}.${mark}`
    const { handle } = session
    const change = stage.superTokens.mergeIntoAccessTokenPayload(
      handle,
      { plan: 'pro' },
      { accessToken: forged },
    )
    const changed = await change
    expect(changed?.accessToken).toBeUndefined()
    expect(JSON.stringify(changed ?? {})).not.toContain('root')
    expect(stage.inCore()).toMatchObject({ plan: 'pro' })
    expect(stage.core.count('/session/regenerate')).toBe(0)
  })

  it('is not changed by the token of another session', async () => {
    const { superTokens, tokens, inCore } = await begin()
    const other = await superTokens.createNewSession('bob')
    const accessToken = other.accessToken.token
    const change = superTokens.mergeIntoAccessTokenPayload(
      tokens.session.handle,
      { plan: 'pro' },
      { accessToken },
    )
    expect(await failureOf(change)).toMatchObject(INVALID)
    expect(inCore()).not.toHaveProperty('plan')
  })

  it('is that of a session which is over: there is none', async () => {
    const { core, merge, mergeFromAfar, handle } = await begin()
    core.endSession(handle)
    expect(await briefly(merge({ a: 1 }))).toEqual(OVER)
    expect(await briefly(mergeFromAfar({ a: 1 }))).toEqual(OVER)
  })

  it('brings no token to whoever has signed out while the core could not hear of it', async () => {
    const { core, superTokens, merge, handle } = await begin()
    core.fail({ type: 'status', status: 500 }, { path: '/recipe/session/remove' })
    await failureOf(superTokens.revokeSession(handle))
    expect(await briefly(merge({ a: 1 }))).toEqual(OVER)
  })
})

describe('an update that no token can hold', () => {
  const circle: Record<string, unknown> = {}
  circle.again = circle
  it.each<readonly [string, unknown]>([
    ['a protected claim', { sub: 'eve' }],
    ['a protected claim that is to be taken away', { exp: null }],
    ['a circle', circle],
    ['a key `__proto__`', JSON.parse('{"__proto__":{"role":"admin"}}')],
    ['such a key further down', JSON.parse('{"a":[{"__proto__":1}]}')],
    ['more levels than anybody needs', nested(32)],
    ['more levels than there is room for', { deep: JSON.parse('['.repeat(5e5) + ']'.repeat(5e5)) }],
    ['a function', { f: () => 1 }],
    ['a symbol', { s: Symbol('s') }],
    ['a bigint', { n: 1n }],
    ['a number that JSON writes as null, which would take the field away', { n: Number.NaN }],
    ['a date that is none, which JSON writes as null too', { at: new Date(Number.NaN) }],
    ['such a number in an object of its own', { n: Object(Number.NaN) }],
    ['a getter that throws', Object.defineProperty({}, 'a', { enumerable: true, get: circleOf })],
    ['a list', []],
    ['a text', 'role=admin'],
    ['nothing', undefined],
    ['null', null],
    ['more than a server takes in a header', { text: 'x'.repeat(16_384) }],
  ])('is refused before the core hears: %s', async (_, update) => {
    const { core, merge, mergeFromAfar, inCore } = await begin()
    const known = inCore()
    for (const change of [merge, mergeFromAfar]) {
      expect(await briefly(change(Object(update) === update ? Object(update) : update))).toEqual(
        INVALID,
      )
    }
    expect(inCore()).toEqual(known)
    expect(core.requests.filter(({ method }) => method === 'PUT')).toEqual([])
    expect(core.count('/session/regenerate')).toBe(0)
  })

  it('is none where it is as deep as may be', async () => {
    const { merge, inCore } = await begin()
    await merge({ deep: nested(30) })
    expect(inCore()).toMatchObject({ deep: nested(30) })
  })

  it('leaves alone what it says nothing of', async () => {
    const { merge, inCore } = await begin()
    await merge({ role: undefined, plan: 'pro' })
    expect(inCore()).toEqual({ role: 'admin', theme: 'light', plan: 'pro' })
  })
})

function circleOf(): never {
  throw new Error('No.')
}

describe('with older cores', () => {
  it.each([
    ['2.0 to 2.3', LEGACY],
    ['2.4', { versions: ['2.4'] }],
    ['2.20', { versions: ['2.8', '2.20'] }],
    ['2.21', { versions: ['2.21'] }],
  ])('payloads change all the same: %s', async (_, core) => {
    const { merge, mergeFromAfar, tokens, renew } = await begin({ core })
    const changed = await merge({ role: 'reader' })
    expect(payloadIn(changed?.accessToken?.token)).toMatchObject({ role: 'reader' })
    await mergeFromAfar({ theme: null })
    expect((await renew(tokens)).session.userDataInJWT).toEqual({ role: 'reader' })
  })

  it('say that the first interface cannot', async () => {
    const { merge } = await begin({ core: FIRST })
    await expect(merge({ role: 'reader' })).rejects.toThrow(/since interface 2.0.*speaks 1.0/)
  })
})
