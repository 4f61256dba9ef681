import { describe, expect, it } from 'vitest'
import { createHints } from '../../src/core/hints.js'
import { memoryStorage, type Storage } from '../../src/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'

/** The hints of a client in a tab, and what its surroundings are asked for. */
function start({ lag }: { readonly lag?: number } = {}) {
  const browser = createFakeBrowser()
  const { environment } = browser.tab()
  const told = new Set<(key: string | null) => void>()
  const lines: { hear: () => void; posts: number; closed: boolean }[] = []
  const storage: Storage = {
    ...memoryStorage(),
    ...(lag !== undefined && { lag }),
    subscribe(listener) {
      told.add(listener)
      return () => told.delete(listener)
    },
  }
  const channel: typeof environment.channel = {
    open(_, hear) {
      const line = { hear, posts: 0, closed: false }
      lines.push(line)
      return {
        post: () => void line.posts++,
        close: () => {
          line.closed = true
        },
      }
    },
  }
  let heard = 0
  const hints = createHints(
    { environment: { ...environment, channel }, storage, storageKey: 'app' },
    { name: 'holdfast:app', onHint: () => heard++ },
  )
  const tell = (key: string | null): void => {
    for (const listener of told) listener(key)
  }
  return { clock: browser.clock, hints, lines, told, tell, heard: () => heard }
}

describe('hints that storage has changed', () => {
  it('cost the page nothing before its next task, and what came until then is looked for', async () => {
    const { clock, lines, told, heard } = start()
    expect([lines.length, told.size, heard()]).toEqual([0, 0, 0])
    await clock.advance(0)
    expect([lines.length, told.size, heard()]).toEqual([1, 1, 1])
  })

  it('are told at once, also before the next task, and on one line', async () => {
    const { clock, hints, lines, told } = start()
    hints.announce()
    hints.announce()
    await clock.advance(0)
    hints.announce()
    expect(lines.map(({ posts }) => posts)).toEqual([3])
    expect(told.size).toBe(1)
  })

  it('are heeded again when the write that they tell of can be seen, unless the client is gone', async () => {
    const { clock, hints, lines, tell, heard } = start({ lag: 100 })
    await clock.advance(0)
    lines[0]?.hear()
    tell('app')
    expect(heard()).toBe(3)
    await clock.advance(100)
    expect(heard()).toBe(5)
    lines[0]?.hear()
    hints.dispose()
    await clock.advance(100)
    expect(heard()).toBe(6)
  })

  it('come from the channel, and from storage for what lies under the client’s key', async () => {
    const { clock, lines, tell, heard } = start()
    await clock.advance(0)
    const before = heard()
    lines[0]?.hear()
    for (const key of ['app', 'app.lineage', 'app.patience', null]) tell(key)
    expect(heard()).toBe(before + 5)
    for (const key of ['other', 'my-app', '']) tell(key)
    expect(heard()).toBe(before + 5)
  })

  it('are no more heard, nor told, after the client is disposed of', async () => {
    const { clock, hints, lines, told } = start()
    await clock.advance(0)
    hints.dispose()
    expect([lines[0]?.closed, told.size]).toEqual([true, 0])
  })

  it('open nothing when the client is disposed of in the task that made it', async () => {
    const { clock, hints, lines, told } = start()
    hints.dispose()
    expect(clock.pending()).toBe(0)
    hints.announce()
    await clock.advance(0)
    expect([lines.length, told.size]).toEqual([0, 0])
  })
})
