import { describe, expect, it } from 'vitest'
import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import { begin, child, down, forged, fresh } from './shown.js'
import { createStage, failureOf, HOUR, LATER, makeKeys, outcomeOf, type Stage } from './stage.js'

/** Longer than between two lookups of keys that the core has just given, in ms. */
const THREE_SECONDS = 3_000

describe('a verified session', () => {
  it('is told alike by the keys and by the core', async () => {
    const { superTokens } = createStage()
    const { accessToken, session } = await superTokens.createNewSession('u1', { role: 'a' })
    const expected = { session: { ...session, userDataInJWT: { role: 'a' } } }
    expect(await superTokens.getSession(accessToken.token)).toStrictEqual(expected)
    const checked = await superTokens.getSession(accessToken.token, { checkDatabase: true })
    expect(checked).toStrictEqual(expected)
  })

  it('brings the token that replaces the one that was shown, as a cookie’s', async () => {
    const stage = createStage({ cookies: { domain: 'example.com' } })
    const { token } = await child(stage)
    const { accessToken } = await stage.superTokens.getSession(token)
    expect(accessToken).toMatchObject({ cookiePath: '/', domain: 'example.com', sameSite: 'lax' })
    const info = readAccessToken(accessToken?.token ?? '')
    expect(info?.parentRefreshTokenHash1).toBeNull()
    expect(accessToken?.expiry).toBe(info?.expiry)
  })

  it('costs one lookup of keys, however many tokens there are', async () => {
    const stage = createStage()
    await makeKeys(stage)
    const { superTokens, core } = stage
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => superTokens.createNewSession(`u${index}`)),
    )
    core.clearLog()
    await Promise.all(tokens.map(({ accessToken }) => superTokens.getSession(accessToken.token)))
    await Promise.all(tokens.map(({ accessToken }) => superTokens.getSession(accessToken.token)))
    expect(core.requests.map(({ path }) => path)).toEqual([expect.stringMatching(/jwks\.json$/)])
  })
})

describe('a core that fails while tokens are good', () => {
  it('is asked about the same session no more than once in 10 s', async () => {
    const stage = createStage()
    const shown = await down(stage, child(stage))
    const ask = () => stage.superTokens.getSession(shown.token)
    stage.core.clearLog()
    await ask()
    const { length } = stage.core.requests
    for (let call = 0; call < 5; call += 1) expect(await outcomeOf(ask())).toBe('OK')
    expect([length, stage.core.requests.length]).toEqual([1, 1])
    stage.core.heal()
    stage.pass(10_000)
    expect((await ask()).accessToken).toBeDefined()
  })

  it('does not rest for other sessions', async () => {
    const stage = createStage()
    const other = await child(stage)
    const { token } = await down(stage, child(stage))
    await stage.superTokens.getSession(token)
    stage.core.heal()
    expect((await stage.superTokens.getSession(other.token)).accessToken).toBeDefined()
  })

  it('is told of when its keys were never there', async () => {
    const stage = createStage()
    const { token } = await fresh(stage)
    const late = stage.start()
    stage.core.fail({ type: 'status', status: 500 }, { times: Number.POSITIVE_INFINITY })
    const error = await failureOf(late.getSession(token))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'server_error', retryable: true })
    expect(String(error)).not.toContain(token)
    stage.core.heal()
    stage.pass(LATER)
    expect(await outcomeOf(late.getSession(token))).toBe('OK')
  })

  it('does not make its keys unknown, however long it fails', async () => {
    const stage = createStage()
    const { token } = await down(stage, fresh(stage))
    for (let minute = 0; minute < 30; minute += 5) {
      expect(await outcomeOf(stage.superTokens.createNewSession('u2'))).toBe('GENERAL_ERROR')
      expect(await outcomeOf(stage.superTokens.getSession(token))).toBe('OK')
      stage.pass(300_000)
    }
  })

  it('is no reason to accept what its keys refuse', async () => {
    const stage = createStage()
    const { token } = await down(stage, child(stage))
    expect(await outcomeOf(stage.superTokens.getSession(forged(token)))).toBe('TRY_REFRESH_TOKEN')
  })
})

describe('a token that is over', () => {
  it('is sent to refresh in an outage too, though its key is gone and cannot be looked up', async () => {
    const [stage, other] = [createStage(), createStage()]
    // Both cores began in one moment, after which keys are named.
    other.core.rotateKeys()
    const { token } = await fresh(other)
    await stage.superTokens.getSession((await fresh(stage)).token)
    stage.pass(2 * HOUR)
    stage.core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    expect(await outcomeOf(stage.superTokens.getSession(token))).toBe('TRY_REFRESH_TOKEN')
  })
})

describe('a token that the core has just given', () => {
  /** A core with new keys, just after somebody came with a token of unknown ones. */
  async function renewed(stage: Stage): Promise<void> {
    await stage.superTokens.getSession((await fresh(stage)).token)
    stage.pass(THREE_SECONDS)
    const other = createStage()
    // Both cores began in one moment, after which keys are named.
    other.core.rotateKeys()
    const { token } = await fresh(other)
    expect(await outcomeOf(stage.superTokens.getSession(token))).toBe('TRY_REFRESH_TOKEN')
    stage.core.rotateKeys()
    await makeKeys(stage)
    stage.pass(THREE_SECONDS)
  }

  it('is served at once where its key is new: a refresh would bring another one of it', async () => {
    const stage = createStage()
    await renewed(stage)
    const { token } = await fresh(stage)
    expect(await outcomeOf(stage.superTokens.getSession(token))).toBe('OK')
  })

  it('is so after a refresh, and after the core has replaced it', async () => {
    const stage = createStage()
    const { refreshToken } = await begin(stage)
    await renewed(stage)
    const { accessToken } = await stage.superTokens.refreshSession(refreshToken.token)
    const first = await stage.superTokens.getSession(accessToken.token)
    expect(first.accessToken).toBeDefined()
    await renewed(stage)
    const second = await stage.superTokens.getSession(accessToken.token)
    expect(await outcomeOf(stage.superTokens.getSession(second.accessToken?.token ?? ''))).toBe(
      'OK',
    )
  })
})

describe('an anti-CSRF token that is missing', () => {
  it('is told of together with the way to do without', async () => {
    const { superTokens } = createStage({ antiCsrf: 'VIA_TOKEN' })
    const { accessToken, antiCsrfToken } = await superTokens.createNewSession('u1')
    const error = await failureOf(superTokens.getSession(accessToken.token))
    expect(error).toMatchObject({ type: 'TRY_REFRESH_TOKEN', errType: 3000, code: 'rejected' })
    expect(String(error)).toContain('set `doAntiCsrfCheck` to false')
    expect(String(error)).not.toContain(antiCsrfToken)
  })
})

describe('a session that was signed out', () => {
  it.each([
    ['to its database', fresh, { checkDatabase: true }],
    ['to a new token', child, {}],
  ])('is not brought back by what the core says, %s', async (_, show, options) => {
    const stage = createStage()
    const { token } = await show(stage)
    const handle = readAccessToken(token)?.handle ?? ''
    // The sign-out does not reach the core, which goes on giving tokens.
    stage.core.fail({ type: 'drop' })
    expect(await outcomeOf(stage.superTokens.revokeSession(handle))).toBe('GENERAL_ERROR')
    expect(await outcomeOf(stage.superTokens.getSession(token, options))).toBe('UNAUTHORISED')
  })
})
