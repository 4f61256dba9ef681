import { describe, expect, it } from 'vitest'
import { createOidcWorld } from '../support/oidc-world.js'

const MANNERS = ['oidc-provider', 'keycloak', 'hydra'] as const

/** A callback page, open in two tabs of one browser. */
async function openTwice(options: Parameters<typeof createOidcWorld>[0]) {
  const world = createOidcWorld(options)
  const tabs = [world.open(), world.open()] as const
  const [first] = tabs
  const page = await world.server.fetch(await first.auth.actions.signInUrl(), {
    redirect: 'manual',
  })
  for (const { tab } of tabs) tab.navigate(page.headers.get('location') ?? '')
  const codes = (): number => world.server.count('authorization_code')
  return { ...world, tabs, codes }
}

const failure = (error: unknown) => error

describe('a callback that two tabs handle at once', () => {
  it.each(MANNERS)(
    'sends its code once: %s would end the session at the second',
    async (manners) => {
      const { tabs, codes } = await openTwice({ manners })
      const [one, two] = tabs
      const [result, refusal] = await Promise.all([
        one.auth.actions.handleRedirect(),
        two.auth.actions.handleRedirect().catch(failure),
      ])
      expect(codes()).toBe(1)
      expect(result).toMatchObject({ user: { id: 'ada' } })
      expect(refusal).toMatchObject({ code: 'invalid_credentials' })
      expect(await two.auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
      expect(await one.auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
    },
  )

  it('is handled by the second one where the first one fails, and the sign-in may be tried again', async () => {
    const { tabs, codes, server } = await openTwice({})
    const [one, two] = tabs
    server.fail({ type: 'status', status: 503 }, { path: '/token' })
    const [refusal, result] = await Promise.all([
      one.auth.actions.handleRedirect().catch(failure),
      two.auth.actions.handleRedirect(),
    ])
    expect(refusal).toMatchObject({ code: 'server_error' })
    expect(result).toMatchObject({ user: { id: 'ada' } })
    expect(codes()).toBe(2)
  })

  it('holds up nobody who gives up, or whose client is disposed of', async () => {
    const { tabs, server, clock } = await openTwice({})
    const [one, two] = tabs
    server.fail({ type: 'hang' }, { path: '/token' })
    const first = one.auth.actions.handleRedirect().catch(failure)
    const stop = new AbortController()
    const given = two.auth.actions.handleRedirect({}, { signal: stop.signal }).catch(failure)
    const left = two.auth.actions.handleRedirect().catch(failure)
    await clock.advance(1_000)
    stop.abort()
    expect(await given).toMatchObject({ code: 'aborted' })
    two.auth.dispose()
    expect(await left).toMatchObject({ code: 'disposed' })
    await clock.advance(60_000)
    expect(await first).toMatchObject({ code: 'timeout' })
  })
})
