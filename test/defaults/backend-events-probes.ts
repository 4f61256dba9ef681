import { vi } from 'vitest'
import { backendEvents } from '../../src/providers/backend/events.js'
import type { Probe } from './documented.js'

/** What a page asks for that says nothing but whose events it wants. */
async function observe(): Promise<{ readonly asked: unknown; readonly watched: boolean }> {
  let ask = (_: unknown): void => {}
  const asked = new Promise<unknown>((resolve) => {
    ask = resolve
  })
  const heard: string[] = []
  vi.stubGlobal('location', new URL('https://app.example/home'))
  vi.stubGlobal('fetch', (input: unknown) => {
    ask(input)
    return new Promise(() => {})
  })
  vi.stubGlobal('addEventListener', (type: string) => heard.push(type))
  const stop = backendEvents({
    onAuthStateChange(listener) {
      listener('INITIAL_SESSION', {})
      return () => {}
    },
    refreshSession: async () => {},
  })
  const input = await asked
  stop()
  vi.unstubAllGlobals()
  return { asked: input, watched: heard.includes('pagehide') && heard.includes('pageshow') }
}

/** What event streams do in pages where nobody says otherwise. */
export const backendEventsProbes: Readonly<Record<string, Probe>> = {
  'BackendEventsOptions.url': {
    observe: async () => String((await observe()).asked).replace(/\/events$/, ''),
  },
  'BackendEventsOptions.fetch': {
    says: "the platform's fetch",
    observe: async () => (await observe()).asked === '/auth/events',
  },
  'BackendEventsOptions.page': {
    says: 'the page that this runs in',
    observe: async () => (await observe()).watched,
  },
}
