import { vi } from 'vitest'
import type { ManualClock } from '../../src/testing/index.js'
import { stopTime } from '../server/supertokens/stopped-time.js'

/** A day, in ms. */
export const DAY = 86_400_000

/** Runs while the platform's clock says `ms`. */
export async function at<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const now = vi.spyOn(Date, 'now').mockReturnValue(ms)
  return work().finally(() => now.mockRestore())
}

/** How long a call takes by a clock, from one thing that is due to the next, in ms. */
export async function timeOf(clock: ManualClock, call: Promise<unknown>): Promise<number> {
  const state = { isOver: false }
  const end = (): void => {
    state.isOver = true
  }
  call.then(end, end)
  const began = clock.monotonic()
  await clock.settle()
  while (!state.isOver && clock.monotonic() < began + DAY) await clock.advance(clock.untilNext())
  return clock.monotonic() - began
}

/** How long a call takes that only a timer of the platform ends, in ms. */
export async function lasts(begin: () => Promise<unknown>): Promise<number> {
  const { clock } = stopTime()
  const took = await timeOf(clock, begin())
  vi.unstubAllGlobals()
  return took
}

/** A fetch to a server that never answers, and is left when its request is called off. */
export const neverAnswers: typeof fetch = (_, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
  })

/** Whether nothing comes to any console meanwhile. */
export async function isSilent(work: () => Promise<unknown>): Promise<boolean> {
  const spies = (['error', 'warn', 'log', 'info', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => {}),
  )
  await work().catch(() => null)
  const heard = spies.some(({ mock }) => mock.calls.length > 0)
  for (const spy of spies) spy.mockRestore()
  return !heard
}
