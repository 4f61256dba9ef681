import { describe, expect, it } from 'vitest'
import { listedChoices } from './choices.js'
import { latency } from './latency.js'
import type { ServerKind } from './wire.js'
import { createWorld, PEOPLE } from './world.js'

const SECOND = 1_000

function worldOf(rotation: ServerKind) {
  const world = createWorld({
    rotation,
    lifetime: 60 * SECOND,
    storage: 'async',
    lock: 'web',
    autoRefresh: false,
    seed: 1,
    scheduler: (world) => latency(world, listedChoices([])),
    meet: () => 'none',
  })
  const { wire } = world
  /** Shows a token to the server; its successor, or the status of the refusal. */
  async function trade(token: string): Promise<string | number> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: 'app',
    })
    const answer = await wire.fetch(`${wire.base}/token`, { method: 'POST', body })
    return wire.read(await answer.json())?.refreshToken ?? answer.status
  }
  const signIn = async (): Promise<string> =>
    wire.read(await wire.signInElsewhere(PEOPLE[0]))?.refreshToken ?? ''
  return { world, trade, signIn }
}

describe('of a token that is shown again, a server of a world', () => {
  it.each<[ServerKind, string, number]>([
    ['family', 'ends the session', 400],
    ['keycloak', 'ends the session', 400],
    ['grace', 'that forgives it for ten seconds ends the session after these', 403],
  ])('%s %s', async (kind, _, status) => {
    const { world, trade, signIn } = worldOf(kind)
    const first = await signIn()
    const second = await trade(first)
    expect(second).toEqual(expect.any(String))
    if (kind === 'grace') expect(await trade(first)).toEqual(expect.any(String))
    await world.clock.advance(11 * SECOND)
    expect(await trade(first)).toBe(status)
    expect(await trade(String(second))).toBe(status)
    expect(world.wire.sessions()).toEqual([])
  })

  it.each(['loser', 'refusing'] as const)(
    '%s refuses it, and whoever has its successor goes on',
    async (kind) => {
      const { world, trade, signIn } = worldOf(kind)
      const first = await signIn()
      const second = await trade(first)
      expect(await trade(first)).toBe(400)
      await world.clock.advance(SECOND)
      expect(await trade(String(second))).toEqual(expect.any(String))
    },
  )

  it('renewing trades it as often as it comes', async () => {
    const { trade, signIn } = worldOf('renewing')
    const first = await signIn()
    expect(await trade(first)).not.toBe(await trade(first))
  })
})

describe('in a world of OpenID Connect', () => {
  it('people sign in by a window, each as themselves, and storage has their session', async () => {
    const { world } = worldOf('family')
    const [one, two] = [world.open(), world.open()]
    const calls = [one.do({ type: 'signIn', email: PEOPLE[0] })]
    await world.clock.advance(SECOND)
    calls.push(two.do({ type: 'signIn', email: PEOPLE[1] }))
    await world.clock.advance(SECOND)
    expect(calls.every(({ settled }) => settled)).toBe(true)
    expect([one, two].map(({ auth }) => auth.getSnapshot().session?.user?.id)).toEqual([
      PEOPLE[1],
      PEOPLE[1],
    ])
    expect(world.verdict.violation()).toBeNull()
  })

  it('somebody closes the window of a server that is down, and the call ends', async () => {
    const { world } = worldOf('family')
    const context = world.open()
    context.do({ type: 'signIn', email: PEOPLE[0] })
    await world.clock.advance(SECOND)
    world.down = true
    const call = context.do({ type: 'signIn', email: PEOPLE[1] })
    await world.clock.advance(30 * SECOND)
    expect(call.settled).toBe(true)
    expect(context.auth.getSnapshot().session?.user?.id).toBe(PEOPLE[0])
    expect(world.verdict.tally['failed signIn aborted']).toBe(1)
  })

  it('what another library leaves is as oidc-client-ts writes it', async () => {
    const { world } = worldOf('family')
    const body = await world.wire.signInElsewhere(PEOPLE[1])
    const left = JSON.parse(world.wire.kept(body))
    expect(left).toMatchObject({ profile: { sub: PEOPLE[1] }, expires_at: expect.any(Number) })
    expect(left).not.toHaveProperty('expires_in')
  })
})
