// Tests that share a process leave it as it was: what one of them forgets to give back, the next would meet.
import { afterAll, expect, vi } from 'vitest'

// Node makes many of them when they are first asked for.
const globals = (): Map<string, unknown> =>
  new Map(
    Object.getOwnPropertyNames(globalThis).map((name) => [name, Reflect.get(globalThis, name)]),
  )
const before = globals()

afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  const after = globals()
  const names = new Set([...before.keys(), ...after.keys()])
  const changed = [...names].filter(
    (name) => before.has(name) !== after.has(name) || !Object.is(before.get(name), after.get(name)),
  )
  expect(changed).toEqual([])
})
