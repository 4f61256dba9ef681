import { AuthError } from '../../src/core/errors.js'
import { type Coordinator, memoryCoordinator } from '../../src/server/index.js'
import {
  boundCookies,
  createDeviceWorld,
  createPair,
  type DeviceWorldOptions,
  registrationOf,
  sessionCookie,
  WITH_PASSWORD,
} from '../server/dbsc/device-world.js'
import type { Probe } from './documented.js'

/** A browser that has just signed in, and bound the session. */
async function signedIn(world?: DeviceWorldOptions['world']) {
  const { createBrowser, sessions } = createDeviceWorld(world ? { world } : {})
  const browser = createBrowser()
  const answer = await browser.signIn()
  const registered = await browser.register(answer, await createPair())
  return { browser, answer, registered, createBrowser, sessions }
}

/** What bindings do when they are told nothing. */
export const dbscProbes: Readonly<Record<string, Probe>> = {
  'DeviceBindingOptions.required': {
    async observe() {
      const state = { isDown: false }
      const base = memoryCoordinator()
      const coordinator: Coordinator = {
        ...base,
        async endedAt(name, options) {
          if (state.isDown && options?.everywhere) throw new AuthError('storage', 'Down.')
          return base.endedAt(name)
        },
      }
      const { createBrowser, browser } = await signedIn({ sealed: { coordinator } })
      const unbound = await createBrowser().page('/auth/session', {
        Cookie: sessionCookie(browser.jar),
      })
      // Whoever can bind sessions is served like all others while nobody can tell.
      state.isDown = true
      const outage = await createBrowser().page('/auth/session', {
        Cookie: sessionCookie(browser.jar),
      })
      state.isDown = false
      await browser.page('/auth/session')
      const bound = await createBrowser().page('/auth/session', {
        Cookie: sessionCookie(browser.jar),
      })
      const goes = [unbound.status, outage.status].every((status) => status === 200)
      return goes && (await bound.json()).session === null ? 'never' : 'another'
    },
  },
  'DeviceBindingOptions.reportOnly': {
    async observe() {
      const { browser, createBrowser } = await signedIn()
      await browser.page('/auth/session')
      const Cookie = sessionCookie(browser.jar)
      const refused = await createBrowser().page('/auth/refresh', { Cookie }, 'POST')
      return refused.status !== 401
    },
  },
  'DeviceBindingOptions.lifetime': {
    async observe() {
      const { registered } = await signedIn()
      const [cookie = ''] = registered.headers.getSetCookie()
      return Number(/; Max-Age=(\d+)/.exec(cookie)?.[1]) * 1000
    },
  },
  'DeviceBindingOptions.path': {
    async observe() {
      const { answer } = await signedIn()
      return registrationOf(answer).path.replace('/register', '')
    },
  },
  'SetSessionOptions.withoutHeaders': {
    async observe() {
      const { createBrowser } = createDeviceWorld({ world: { workos: WITH_PASSWORD } })
      const headers = await createBrowser().act({})
      return !('Secure-Session-Registration' in headers)
    },
  },
  'RequestSessionsOptions.deviceBound': {
    says: 'they are bound to none',
    async observe() {
      const { sessions, browser } = await signedIn()
      const found = await sessions.getSession(browser.jar.header())
      // The bound cookie is there, and nobody looks at it.
      return boundCookies(browser.jar).length === 1 && found.setCookies.length === 0
    },
  },
}
