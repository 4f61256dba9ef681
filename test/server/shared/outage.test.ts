import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createSignOutReport } from '../../../src/server/requests/sign-out-report.js'
import { isLately } from '../../../src/server/shared/lately.js'
import { createOutageReport } from '../../../src/server/shared/outage.js'

const MINUTE = 60_000
const down = new AuthError('network', 'There is no answer.')

/** A log, and its time. */
function createLog() {
  const clock = { time: 1_700_000_000_000 }
  const lines: string[] = []
  const report = (error: AuthError): void => void lines.push(error.code)
  return { clock, lines, report, now: () => clock.time }
}

describe('an outage', () => {
  it.each([
    ['that nothing interrupts', () => false],
    ['in which half of the calls work', () => true],
  ])('is one line, however long it lasts: one %s', async (_, works) => {
    const { clock, lines, ...options } = createLog()
    const outage = createOutageReport(options)
    for (let second = 0; second < 3_600; second += 10) {
      outage.failed(down)
      if (works()) outage.worked()
      clock.time += 10_000
    }
    await Promise.resolve()
    expect(lines).toEqual(['network'])
  })

  it('is one line also where nobody asks for an hour in the middle', async () => {
    const { clock, lines, ...options } = createLog()
    const outage = createOutageReport(options)
    outage.failed(down)
    clock.time += 60 * MINUTE
    outage.failed(down)
    await Promise.resolve()
    expect(lines).toEqual(['network'])
  })

  it('is over a minute after the last failure, when something has worked since', async () => {
    const { clock, lines, ...options } = createLog()
    const outage = createOutageReport(options)
    outage.failed(down)
    outage.worked()
    clock.time += MINUTE - 1
    outage.failed(down)
    await Promise.resolve()
    expect(lines).toHaveLength(1)
    outage.worked()
    clock.time += MINUTE
    outage.failed(down)
    await Promise.resolve()
    expect(lines).toHaveLength(2)
  })

  it('costs nobody anything when it cannot be written down', async () => {
    const broken = createOutageReport({
      now: () => 0,
      report: () => {
        throw new Error('The log is full.')
      },
    })
    expect(() => broken.failed(down)).not.toThrow()
    await Promise.resolve()
  })
})

describe('a sign-out that the auth server could not be told of', () => {
  it('is told each time where it is no outage, and never twice', async () => {
    const { lines, ...options } = createLog()
    const tell = createSignOutReport(options)
    const wrongKey = new AuthError('rejected', 'The key is wrong.')
    tell({ error: wrongKey })
    tell({ error: wrongKey })
    tell({ error: wrongKey, isReported: true })
    tell({ error: down, isReported: true })
    tell({ error: null })
    await Promise.resolve()
    expect(lines).toEqual(['rejected', 'rejected'])
  })
})

describe('what happened lately', () => {
  it.each([
    ['just now', 12_000, true],
    ['at the last moment', 2_001, true],
    ['a moment too long ago', 2_000, false],
    ['never', undefined, false],
    ['after a clock was set back', 12_001, false],
  ])('did so %s', (_, at, expected) => {
    expect(isLately(at, 10_000, 12_000)).toBe(expected)
  })
})
