import { expect, it } from 'vitest'
import { listedChoices, seededChoices } from './choices.js'
import { latency } from './latency.js'
import { gap } from './random.js'
import { laggingStorage } from './storage.js'
import { createWorld, type World } from './world.js'

const LAG = 50

const laggingWorld = (): World =>
  createWorld({
    rotation: 'strict',
    lifetime: 86_400_000,
    storage: 'sync',
    lock: 'lease',
    autoRefresh: true,
    lag: LAG,
    seed: 1,
    scheduler: (world) => latency(world, listedChoices([])),
    meet: () => 'none',
  })

it('a storage whose contexts read each other later keeps no write that nobody can read any more', async () => {
  const world = laggingWorld()
  const { clock } = world
  const [one, two] = ['one', 'two'].map((name) =>
    laggingStorage(world, world.browser.tab({ name, storage: 'sync' })),
  )
  for (let at = 0; at < 1_000; at++) {
    one?.set('lease', `write ${at}`)
    expect(one?.get('lease')).toBe(`write ${at}`)
    // The other one sees what is older than the lag, and never something older than that.
    expect(two?.get('lease')).toBe(at < 3 ? null : `write ${at - 3}`)
    await clock.advance(20)
  }
  expect(world.writes.get('lease')?.length).toBeLessThan(6)
})

it('a world that has taken very many steps goes on by minutes, whatever it waits for', () => {
  const world = laggingWorld()
  const longest = (): number => {
    const choices = seededChoices(1)
    return Math.max(...Array.from({ length: 200 }, () => gap(world, choices)))
  }
  expect(longest()).toBeGreaterThan(3_600_000)
  world.steps = 1_000_000
  expect(longest()).toBe(60_000)
})
