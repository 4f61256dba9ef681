import {
  boundCookies,
  createDeviceWorld,
  createPair,
  registrationOf,
  sessionCookie,
  WITH_PASSWORD,
} from '../server/dbsc/device-world.js'
import type { Probe } from './documented.js'

/** A browser that has just signed in, and bound the session. */
async function signedIn() {
  const { createBrowser, sessions } = createDeviceWorld()
  const browser = createBrowser()
  const answer = await browser.signIn()
  const registered = await browser.register(answer, await createPair())
  return { browser, answer, registered, createBrowser, sessions }
}

/** What bindings do when they are told nothing. */
export const dbscProbes: Readonly<Record<string, Probe>> = {
  'DeviceBindingOptions.required': {
    async observe() {
      const { createBrowser, browser } = await signedIn()
      const unbound = await createBrowser().page('/auth/session', {
        Cookie: sessionCookie(browser.jar),
      })
      await browser.page('/auth/session')
      const bound = await createBrowser().page('/auth/session', {
        Cookie: sessionCookie(browser.jar),
      })
      const goes = (await unbound.json()).session !== null
      return goes && (await bound.json()).session === null ? 'when-supported' : 'another'
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
