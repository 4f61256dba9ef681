import { describe, expect, it } from 'vitest'
import { down } from './shown.js'
import { createStage, LATER, makeKeys, outcomeOf } from './stage.js'

/** How long a core is taken to be what it was, in ms. */
const TEN_MINUTES = 600_000

/** A session of dynamic keys, and the app after it was set to static ones. */
async function changed(version: string) {
  const stage = createStage({ core: { versions: [version] } })
  await makeKeys(stage)
  const { accessToken, refreshToken } = await stage.superTokens.createNewSession('u1')
  const app = stage.start({ useDynamicSigningKey: false })
  return { ...stage, app, token: accessToken.token, refreshToken: refreshToken.token }
}

describe('an app that changes the kind of its keys', () => {
  it('keeps the sessions of interface 2.21, where no refresh could change theirs', async () => {
    const { app, token, refreshToken, pass } = await changed('2.21')
    expect(await outcomeOf(app.getSession(token))).toBe('OK')
    pass(LATER)
    const renewed = await app.refreshSession(refreshToken)
    expect(await outcomeOf(app.getSession(renewed.accessToken.token))).toBe('OK')
  })

  it('has those of interface 3.0 changed by one refresh', async () => {
    const { app, token, refreshToken, pass } = await changed('3.0')
    expect(await outcomeOf(app.getSession(token))).toBe('TRY_REFRESH_TOKEN')
    pass(LATER)
    const renewed = await app.refreshSession(refreshToken)
    expect(await outcomeOf(app.getSession(renewed.accessToken.token))).toBe('OK')
  })

  it.each(['3.0', '4.0'])(
    'asks for one refresh, and no more, where a core of %s leaves the kind as it is',
    async (version) => {
      const { core, start, token, refreshToken, pass } = await changed(version)
      // The choice came to a refresh with CDI 4.0.3: cores before that do not read it.
      const fetch: typeof globalThis.fetch = async (input, init) => {
        const request = new Request(input, init)
        if (!request.url.endsWith('/session/refresh')) return core.fetch(request)
        const { useDynamicSigningKey: _, ...body } = await request.json()
        const { headers } = request
        return core.fetch(request.url, { method: 'POST', headers, body: JSON.stringify(body) })
      }
      const app = start({ useDynamicSigningKey: false, fetch })
      expect(await outcomeOf(app.getSession(token))).toBe('TRY_REFRESH_TOKEN')
      pass(LATER)
      const renewed = await app.refreshSession(refreshToken)
      expect(await outcomeOf(app.getSession(renewed.accessToken.token))).toBe('OK')
      expect(await outcomeOf(app.getSession(token))).toBe('OK')
      // It may have been updated meanwhile.
      pass(TEN_MINUTES)
      expect(await outcomeOf(app.getSession(token))).toBe('TRY_REFRESH_TOKEN')
    },
  )

  it('has them changed when the core has learnt to', async () => {
    const stage = createStage({ core: { versions: ['2.21', '3.0'] } })
    await makeKeys(stage)
    const { core, start, superTokens, pass } = stage
    let versions = ['2.21']
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const asked = new URL(new Request(input, init).url).pathname
      return asked === '/apiversion' ? Response.json({ versions }) : core.fetch(input, init)
    }
    const app = start({ useDynamicSigningKey: false, fetch })
    const { token } = (await superTokens.createNewSession('u1')).accessToken
    expect(await outcomeOf(app.getSession(token))).toBe('OK')
    // It is replaced by a newer one, which has the same sessions.
    versions = ['2.21', '3.0']
    pass(TEN_MINUTES)
    expect(await outcomeOf(app.getSession(token))).toBe('TRY_REFRESH_TOKEN')
  })

  it('sends nobody to refresh while the core is down that would change it', async () => {
    const stage = createStage({ useDynamicSigningKey: false })
    await makeKeys(stage)
    const { accessToken } = await stage.start({ useDynamicSigningKey: true }).createNewSession('u1')
    const { token } = await down(stage, Promise.resolve({ token: accessToken.token }))
    expect(await outcomeOf(stage.superTokens.createNewSession('u2'))).toBe('GENERAL_ERROR')
    expect(await outcomeOf(stage.superTokens.getSession(token))).toBe('OK')
    stage.core.heal()
    stage.pass(TEN_MINUTES)
    expect(await outcomeOf(stage.superTokens.getSession(token))).toBe('TRY_REFRESH_TOKEN')
  })
})
