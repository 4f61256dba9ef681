import { describe, expect, it } from 'vitest'
import { createCore } from '../../../src/server/supertokens/core.js'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { createScriptedSuperTokensCore } from '../../../src/testing/supertokens/index.js'
import { HOST, outcomeOf, START } from './stage.js'

const SETTINGS = { enableAntiCsrf: false, useDynamicSigningKey: true }
const SESSION = {
  userId: 'u1',
  userDataInJWT: { role: 'a' },
  userDataInDatabase: { d: 1 },
  ...SETTINGS,
}

describe('a thousand refreshes while requests fail in every way', () => {
  it('lose no session', async () => {
    const clock = { time: START, now: () => clock.time }
    const server = createScriptedSuperTokensCore({ clock })
    const hosts = [HOST, 'http://127.0.0.1:3567']
    const core = createCore({ hosts, fetch: server.fetch, now: clock.now })
    const faults = [
      { type: 'drop' },
      { type: 'lose-response' },
      { type: 'status', status: 500 },
      { type: 'html' },
      { type: 'rate-limited' },
    ] as const
    let { refreshToken } = await core.createSession(SESSION)
    for (let round = 0; round < 1_000; round += 1) {
      clock.time += 1_000
      const fault = faults[round % faults.length]
      if (fault && round % 3 === 0) server.fail(fault)
      try {
        const tokens = await core.refresh({ refreshToken: refreshToken.token, ...SETTINGS })
        refreshToken = tokens.refreshToken
      } catch (error) {
        if (!isSuperTokensError(error, 'GENERAL_ERROR')) throw error
      }
    }
    server.heal()
    expect(await outcomeOf(core.refresh({ refreshToken: refreshToken.token, ...SETTINGS }))).toBe(
      'OK',
    )
    expect(server.sessions()).toHaveLength(1)
  })
})
