// Tests that share a process leave it as it was: what one of them forgets to give back, the next would meet.
import { afterAll, expect, vi } from 'vitest'

const names = Object.getOwnPropertyNames(globalThis)
// Node makes many of them when they are first asked for.
const values = (): unknown[] => names.map((name) => Reflect.get(globalThis, name))
const before = values()

afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  const after = values()
  expect(names.filter((_, index) => !Object.is(before[index], after[index]))).toEqual([])
})
