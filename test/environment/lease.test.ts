import { describe, expect, it } from 'vitest'
import { createContest, KINDS, NOTICE, TERM } from '../support/contest.js'
import { DAY, HOUR } from '../support/world.js'

describe.each(KINDS)('a lease in %s storage', (kind) => {
  it('is held by one tab, and then by the one that waits', async () => {
    const { clock, ask, hold, peak, entry } = createContest(kind)
    const first = await hold()
    const second = ask()
    await clock.advance(2 * TERM)
    expect(second.state).toBe('waiting')
    first.release()
    await clock.advance(NOTICE)
    expect(second.state).toBe('holding')
    second.release()
    await clock.settle()
    expect([peak.holders, entry(), clock.pending()]).toEqual([1, undefined, 0])
  })

  it('is kept for minutes by a holder that lives, also from two that wait', async () => {
    const { clock, ask, hold } = createContest(kind)
    await hold()
    const waiting = [ask(), ask()]
    await clock.advance(120_000)
    expect(waiting.map(({ state }) => state)).toEqual(['waiting', 'waiting'])
  })

  it('keeps a process alive while somebody waits for it, and not by being held', async () => {
    const { clock, ask, hold } = createContest(kind)
    await hold()
    await clock.advance(10_000)
    expect([clock.pending(), clock.awaited()]).toEqual([1, 0])
    const second = ask()
    await clock.advance(2 * TERM)
    expect([second.state, clock.awaited()]).toEqual(['waiting', 1])
    second.abort()
    await clock.settle()
    expect(clock.awaited()).toBe(0)
  })

  it('minds not being released twice, and frees nobody else by it', async () => {
    const { clock, ask, hold } = createContest(kind)
    const first = await hold()
    first.release()
    first.release()
    await clock.settle()
    const second = await hold(first.tab)
    const third = ask()
    first.release()
    await clock.advance(2 * TERM)
    expect([second.state, third.state]).toEqual(['holding', 'waiting'])
  })

  it.each(['crash', 'freeze'] as const)(
    'is lost a term after the %s of its holder, and not before',
    async (end) => {
      const { clock, ask, hold, entry } = createContest(kind)
      const first = await hold()
      const second = ask()
      const before = entry()
      while (entry() === before) await clock.advance(10)
      first.tab[end]()
      await clock.advance(TERM - 10)
      expect(second.state).toBe('waiting')
      await clock.advance(NOTICE + 10)
      expect(second.state).toBe('holding')
    },
  )

  it('is kept by a tab in the background, whose timers come once a minute', async () => {
    const { clock, ask, hold, peak } = createContest(kind)
    const first = await hold()
    first.tab.hide()
    await clock.advance(10 * 60_000)
    const second = ask()
    await clock.advance(10 * 60_000)
    expect([second.state, await first.holds()]).toEqual(['waiting', true])
    first.release()
    await clock.advance(NOTICE)
    expect([second.state, peak.holders]).toEqual(['holding', 1])
  })

  it('is lost a minute and a term after the crash of a tab in the background', async () => {
    const { clock, ask, browser } = createContest(kind)
    const tab = browser.tab()
    tab.hide()
    await clock.advance(10 * 60_000)
    ask(tab)
    await clock.advance(NOTICE)
    const second = ask()
    tab.crash()
    await clock.advance(60_000)
    expect(second.state).toBe('waiting')
    await clock.advance(TERM + NOTICE)
    expect(second.state).toBe('holding')
  })

  it('is known to be held as long as nobody can take it, also by a holder that was frozen', async () => {
    const { clock, ask, hold } = createContest(kind)
    const first = await hold()
    const second = ask()
    await clock.advance(60_000)
    expect(await first.holds()).toBe(true)
    first.tab.freeze()
    const whenThawed = first.holds()
    await clock.advance(TERM + NOTICE)
    expect(second.state).toBe('holding')
    first.tab.thaw()
    await clock.settle()
    // Its renewals go on, and find the lease of another.
    for (let s = 0; s < 5; s++) {
      const [mine, theirs] = [first.holds(), second.holds()]
      await clock.advance(1_000)
      expect([await mine, await theirs]).toEqual([false, true])
    }
    expect(await whenThawed).toBe(true)
  })

  it('is lost to a tab that comes long after the crash only when that has waited a term', async () => {
    const { clock, ask, hold } = createContest(kind)
    const first = await hold()
    first.tab.crash()
    await clock.advance(HOUR)
    const second = ask()
    await clock.advance(TERM - 10)
    expect(second.state).toBe('waiting')
    await clock.advance(NOTICE + 10)
    expect(second.state).toBe('holding')
  })

  it('of another is neither deleted nor renewed by a frozen holder that thaws', async () => {
    const { clock, ask, hold } = createContest(kind)
    const first = await hold()
    const second = ask()
    first.tab.freeze()
    await clock.advance(TERM + 2 * NOTICE)
    expect(second.state).toBe('holding')
    first.tab.thaw()
    const third = ask()
    await clock.advance(2 * TERM)
    first.release()
    await clock.advance(2 * TERM)
    expect([second.state, third.state]).toEqual(['holding', 'waiting'])
    second.tab.crash()
    await clock.advance(TERM + 1_000 + NOTICE)
    expect(third.state).toBe('holding')
  })

  it('is not taken from its holder by a device that sleeps', async () => {
    const { clock, ask, hold } = createContest(kind)
    const first = await hold()
    const second = ask()
    await clock.advance(NOTICE)
    await clock.sleep(HOUR, { monotonic: 'continues' })
    await clock.advance(2 * TERM)
    expect([first.state, second.state]).toEqual(['holding', 'waiting'])
  })

  it.each([DAY, -DAY])('minds not wall clocks that are wrong or jump by %i ms', async (wrong) => {
    const { browser, clock, ask, hold } = createContest(kind)
    const first = await hold(browser.tab({ clockSkew: wrong }))
    const [behind, jumping] = [browser.tab({ clockSkew: -wrong }), browser.tab()]
    const waiting = [ask(behind), ask(jumping)]
    for (let round = 0; round < 20; round++) {
      clock.jump(round % 2 ? -wrong : wrong)
      jumping.setClockSkew(round % 3 ? wrong : 0)
      await clock.advance(330)
    }
    expect(waiting.map(({ state }) => state)).toEqual(['waiting', 'waiting'])
    first.tab.crash()
    clock.jump(-wrong)
    await clock.advance(TERM + NOTICE)
    expect(waiting.filter(({ state }) => state === 'holding')).toHaveLength(1)
  })

  it('comes to each of ten that want it, one at a time', async () => {
    const { browser, clock, ask, peak, entry } = createContest(kind)
    const contenders = Array.from({ length: 10 }, () =>
      ask(undefined, ({ tab, release }) => void tab.environment.clock.schedule(100, release)),
    )
    await clock.advance(10_000)
    expect(contenders.map(({ state }) => state)).toEqual(Array(10).fill('released'))
    expect([peak.holders, entry(), browser.clock.pending()]).toEqual([1, undefined, 0])
  })

  it('rejects a wait that is aborted with its reason, and leaves nothing of it behind', async () => {
    const { clock, ask, hold, entry } = createContest(kind)
    const first = await hold()
    const idle = clock.pending()
    const second = ask()
    await clock.advance(1_500)
    const reason = new Error('no longer wanted')
    second.abort(reason)
    await clock.settle()
    expect([second.state, second.reason]).toEqual(['refused', reason])
    expect(clock.pending()).toBe(idle)
    first.release()
    await clock.advance(NOTICE)
    expect([entry(), clock.pending()]).toEqual([undefined, 0])
  })

  it('is left free by an abort at any step on the way to it', async () => {
    const outcomes: string[] = []
    for (let last = 1; outcomes.at(-1) !== 'holding'; last++) {
      let steps = 0
      let abort = (): void => {}
      const scheduler = async () => {
        const number = ++steps
        await Promise.resolve()
        if (number === last) abort()
      }
      const { clock, ask, entry } = createContest(kind, { scheduler })
      const contender = ask()
      abort = () => contender.abort('enough')
      await clock.advance(NOTICE)
      outcomes.push(`${contender.state} ${contender.reason ?? ''}`.trim())
      contender.release()
      await clock.settle()
      expect([last, entry(), clock.pending()]).toEqual([last, undefined, 0])
    }
    expect(outcomes.length).toBeGreaterThan(1)
    expect(new Set(outcomes)).toEqual(new Set(['refused enough', 'holding']))
  })
})

describe('a lease in atomic storage', () => {
  it('is not believed in by a tab that slept between its claim and the answer', async () => {
    const { clock, ask, peak } = createContest('atomic')
    const first = ask()
    first.tab.freeze()
    await clock.settle()
    const second = ask()
    await clock.advance(TERM + 2 * NOTICE)
    expect(second.state).toBe('holding')
    first.tab.thaw()
    await clock.advance(2 * NOTICE)
    expect([first.state, peak.holders]).toEqual(['waiting', 1])
    second.release()
    await clock.advance(NOTICE)
    expect(first.state).toBe('holding')
  })
})
