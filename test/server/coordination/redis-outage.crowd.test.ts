import { describe, expect, it } from 'vitest'
import { createProcesses, type FakeClient, type Kind } from '../../support/fake-redis.js'

const SECOND = 1_000

/** Half an hour of an app that asks no more often than Redis is tried in an outage. */
async function live(
  { clock, until, start }: ReturnType<typeof createProcesses>,
  client: FakeClient,
) {
  const { coordinator, reports } = start({ client })
  for (let call = 0; call < 800; call += 1) {
    await until(coordinator.once(`key ${call}`, async () => 'text'))
    await clock.advance(1.1 * SECOND)
    await until(coordinator.ended('session'))
    await clock.advance(1.1 * SECOND)
  }
  return reports
}

describe('half an hour without Redis is one line in the log', () => {
  const writes: readonly Kind[] = ['claim', 'settle', 'end']

  it.each([
    ['that is full, or a replica, and lets itself be read', (kind: Kind) => writes.includes(kind)],
    ['of which every third command fails, as with a node of a cluster', everyThird()],
    ['that cannot be reached at all', () => true],
  ])('of one %s', async (_, fails) => {
    const world = createProcesses()
    const client = world.redis.client()
    client.fault = (kind) => (fails(kind) ? 'refuse' : null)
    expect(await live(world, client)).toHaveLength(1)
  })
})

function everyThird(): () => boolean {
  let count = 0
  return () => count++ % 3 === 0
}
