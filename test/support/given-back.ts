// Test files share a process: what one leaves changed, another one finds. So after each file the stubs,
// timers and variables of `vi` are taken back, and a file that has left a global changed by itself fails.
import { afterAll, vi } from 'vitest'

const namesNow = () => Object.getOwnPropertyNames(globalThis)
const current = (name: string): unknown => {
  try {
    return Reflect.get(globalThis, name)
  } catch {
    // Svelte's runes are there to throw.
    return undefined
  }
}
/** Some, such as `CSS` in happy-dom, are made anew each time. */
const isSteady = (name: string): boolean => Object.is(current(name), current(name))
/** What tells platforms apart. Frameworks add globals of their own, which disturb nobody. */
const PLATFORM =
  /^(window|document|location|navigator|opener|parent|self|\w+Storage|indexedDB|Deno|Bun|EdgeRuntime)$/

const before = new Map(
  namesNow()
    .filter(isSteady)
    .map((name) => [name, current(name)]),
)
const known = new Set(namesNow())
const variables = { ...process.env }

// Hooks of this kind run in the reverse order, so that this one is the last of its file.
afterAll(() => {
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  vi.useRealTimers()
  const changed = [...before].filter(([name, value]) => !Object.is(current(name), value))
  const added = namesNow().filter((name) => !known.has(name) && PLATFORM.test(name))
  for (const [name, value] of changed) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  for (const name of added) Reflect.deleteProperty(globalThis, name)
  const set = Object.keys({ ...variables, ...process.env }).filter(
    (name) => process.env[name] !== variables[name],
  )
  process.env = { ...variables }
  const left = [...changed.map(([name]) => name), ...added, ...set]
  if (left.length > 0) throw new Error(`This file leaves globals changed: ${left.join(', ')}.`)
})
