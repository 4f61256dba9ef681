// Tests that share a process leave it as it was: what one of them forgets to give back, the next would meet.
import { afterAll, expect, vi } from 'vitest'
import { PATIENT } from './patient.js'

/** What Node may lack and pages have, and the sources look for. Libraries add names of their own. */
const PAGE = ['window', 'document', 'location', 'localStorage', 'sessionStorage', 'indexedDB']

/** Some values of a page are made anew each time they are asked for. */
const isOneValue = (name: string): boolean =>
  Object.is(Reflect.get(globalThis, name), Reflect.get(globalThis, name))

/** Libraries that an earlier file loaded begin theirs so: `__VUE__`, or Svelte's `$state`, which throws when read. */
const isOfLibrary = (name: string): boolean => /^(__|\$)/.test(name)

const names = [...new Set([...Object.getOwnPropertyNames(globalThis), ...PAGE])].filter(
  (name) => !isOfLibrary(name) && isOneValue(name),
)
// Node makes many of them when they are first asked for.
const values = (): ReadonlyMap<string, unknown> =>
  new Map(names.map((name) => [name, Reflect.get(globalThis, name)]))
const before = values()

/** Servers that listen. They would keep the process from ending. */
const listening = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap')

afterAll(async () => {
  await vi.waitUntil(() => listening().length === 0, PATIENT)
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  const after = values()
  expect(names.filter((name) => !Object.is(before.get(name), after.get(name)))).toEqual([])
})
