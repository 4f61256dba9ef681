import { describe, expect, it } from 'vitest'
import { AuthError, type Provider, resourceTokens, type SessionUser } from '../../src/index.js'
import { createWorld, DAY, HOUR } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

describe('tokens for several resources', () => {
  function withResources() {
    const world = createWorld()
    const asked: (string | undefined)[] = []
    const provider: Provider<{ readonly name: string }, SessionUser> = {
      ...world.server.provider,
      tokens: resourceTokens(),
      async refresh(token, context) {
        const grant = await world.server.provider.refresh(token, context)
        const { resource, scope } = context
        if (resource === 'https://none.example') {
          throw new AuthError('rejected', 'Unknown.', { serverCode: 'invalid_target' })
        }
        asked.push(resource)
        return grant && resource
          ? {
              ...grant,
              accessToken: `${grant.accessToken} for ${resource} ${scope ?? ''}`.trim(),
              lifetime: HOUR / 2,
            }
          : grant
      },
    }
    return { world, asked, provider }
  }

  it('spend the one refresh token in turn, and each lives its own life', async () => {
    const { world, asked, provider } = withResources()
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    const mail = { resource: 'https://mail.example' }
    const files = { resource: 'https://files.example', scope: 'read' }
    const [a, b, own] = await Promise.all([
      auth.getAccessToken(mail),
      auth.getAccessToken(files),
      auth.getAccessToken(),
    ])
    expect(a).toBe('access-2 for https://mail.example')
    expect(b).toBe('access-3 for https://files.example read')
    expect(own).toBe('access-1')
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
    expect(await auth.getAccessToken(mail)).toBe(a)
    await world.clock.advance(HOUR / 2)
    expect(await auth.getAccessToken(mail)).toBe('access-4 for https://mail.example')
    expect(asked).toEqual(['https://mail.example', 'https://files.example', 'https://mail.example'])
  })

  it('are shared by all tabs: ten that ask cost one exchange', async () => {
    const { world, provider } = withResources()
    await world.signedIn('ada', { ...QUIET, provider })
    const tabs = Array.from({ length: 10 }, () => world.open({ ...QUIET, provider }))
    const tokens = await Promise.all(
      tabs.map(({ auth }) => auth.getAccessToken({ resource: 'https://mail.example' })),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('that are refused say so, and cost the session nothing', async () => {
    const { world, provider } = withResources()
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    const wrong = { resource: 'https://none.example' }
    await expect(auth.getAccessToken(wrong)).rejects.toMatchObject({ serverCode: 'invalid_target' })
    expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', error: null })
  })

  it.each([7, '', {}, null])('refuses a target that is no text (%j)', async (resource) => {
    const { world, provider } = withResources()
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    const target: object = { resource }
    await expect(auth.getAccessToken(target)).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('are not there for nobody', async () => {
    const { world, provider } = withResources()
    const { auth } = world.open({ ...QUIET, provider })
    expect(await auth.getAccessToken({ resource: 'https://mail.example' })).toBeNull()
  })

  it('are asked for in the organization of the session', async () => {
    const { world, provider } = withResources()
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    await auth.refreshSession({ organizationId: 'org_1' })
    await auth.getAccessToken({ resource: 'https://mail.example' })
    expect(world.server.organizations).toEqual(['org_1', 'org_1'])
  })

  it('are one for each scope, and one that lives is there at once, whoever has the lock', async () => {
    const { world, provider } = withResources()
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    const resource = 'https://mail.example'
    const scopes = ['read', 'write']
    const ask = () => Promise.all(scopes.map((scope) => auth.getAccessToken({ resource, scope })))
    const tokens = await ask()
    expect(tokens).toEqual([
      'access-2 for https://mail.example read',
      'access-3 for https://mail.example write',
    ])
    world.browser.locks.neverGrant(true)
    expect(await ask()).toEqual(tokens)
  })

  it('are not handed out in their last seconds, nor for an audience of the same name', async () => {
    const { world, provider } = withResources()
    const { auth } = await world.signedIn('ada', { ...QUIET, provider })
    const name = 'https://mail.example'
    await auth.getAccessToken({ resource: name })
    await auth.getAccessToken({ audience: name })
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-2'])
    await world.clock.advance(HOUR / 2 - 9_000)
    expect(await auth.getAccessToken({ resource: name })).toBe(`access-4 for ${name}`)
  })

  it('of a clock that was ahead are not served once it is right: nobody knows how old they are', async () => {
    const { world, provider } = withResources()
    const { auth, tab } = await world.signedIn('ada', { ...QUIET, provider })
    const mail = { resource: 'https://mail.example' }
    tab.setClockSkew(HOUR / 2)
    const old = await auth.getAccessToken(mail)
    auth.dispose()
    await world.clock.advance(HOUR / 4)
    // A page of its own, which has seen none of this.
    const fresh = { ...provider, tokens: resourceTokens() }
    const opened = world.open({ ...QUIET, provider: fresh })
    expect(await opened.auth.getAccessToken(mail)).not.toBe(old)
  })

  it('keep their age when a sibling saves the session anew after the clock was set back', async () => {
    const { world, provider } = withResources()
    const one = await world.signedIn('ada', { ...QUIET, provider })
    const two = world.open({ ...QUIET, provider: { ...provider, tokens: resourceTokens() } })
    const mail = { resource: 'https://mail.example' }
    const first = await one.auth.getAccessToken(mail)
    await world.clock.advance(HOUR / 2 - 5 * 60_000)
    for (const { tab } of [one, two]) tab.setClockSkew(5 * 60_000 - HOUR / 2)
    await two.auth.getAccessToken({ resource: 'https://files.example' })
    expect(await one.auth.getAccessToken(mail)).toBe(first)
    await world.clock.advance(5 * 60_000)
    expect(await one.auth.getAccessToken(mail)).not.toBe(first)
  })

  it('cost two devices with one storage, whose clocks are a day apart, one exchange for each life', async () => {
    const { world, provider } = withResources()
    const one = await world.signedIn('ada', { ...QUIET, provider })
    const two = world.open({ ...QUIET, provider: { ...provider, tokens: resourceTokens() } })
    await two.auth.getSession()
    two.tab.setClockSkew(-DAY)
    const mail = { resource: 'https://mail.example' }
    for (let minute = 0; minute < 20; minute += 5) {
      for (const { auth } of [one, two]) await auth.getAccessToken(mail)
      await world.clock.advance(5 * 60_000)
    }
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('live no longer where a clock is set back, be that before they were first seen or after', async () => {
    const { world, provider } = withResources()
    const { auth, tab } = await world.signedIn('ada', { ...QUIET, provider })
    const mail = { resource: 'https://mail.example' }
    await auth.getAccessToken(mail)
    const behind = world.open({ ...QUIET, provider })
    behind.tab.setClockSkew(-DAY)
    tab.setClockSkew(-DAY)
    const known = await behind.auth.getAccessToken(mail)
    await world.clock.advance(HOUR / 2)
    expect(await behind.auth.getAccessToken(mail)).not.toBe(known)
    const next = await auth.getAccessToken(mail)
    tab.setClockSkew(-2 * DAY)
    await world.clock.advance(HOUR / 2)
    expect(await auth.getAccessToken(mail)).not.toBe(next)
  })
})
