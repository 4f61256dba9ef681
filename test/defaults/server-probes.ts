import { vi } from 'vitest'
import type { AuthError } from '../../src/index.js'
import {
  type CookieOptions,
  defineCookie,
  parseCookies,
  writeCookie,
} from '../../src/server/cookies/cookies.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import type { OnceOptions } from '../../src/server/coordination/coordinator-types.js'
import { sealText, unsealText } from '../../src/server/sealed/seal.js'
import { authkitCookies } from '../../src/server/workos/index.js'
import type { Probe } from './documented.js'

const DAY = 86_400_000
const PASSWORD = 'a password of at least 32 characters'

/** The first `Set-Cookie` of a small value: its name, and its attributes by their names. */
function cookieOf(options: CookieOptions = {}) {
  const [header = ''] = writeCookie(defineCookie(options), 'value', parseCookies(null))
  const [pair = '', ...attributes] = header.split(/; */)
  const entries = attributes.map((text): [string, string] => {
    const [name = '', value = ''] = text.split('=')
    return [name.toLowerCase(), value]
  })
  return { name: pair.split('=')[0], has: new Map(entries) }
}

/** Runs while the platform's clock says `ms`. */
async function at<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const now = vi.spyOn(Date, 'now').mockReturnValue(ms)
  return work().finally(() => now.mockRestore())
}

/** The cookies of authkit-nextjs that a request with one of this name has. */
const authkitCookiesIn = (name: string) =>
  authkitCookies({ password: PASSWORD }).cookiesIn(parseCookies(`${name}=1`))

const cookies: Readonly<Record<string, Probe>> = {
  'AuthkitCookiesOptions.name': {
    observe: () => authkitCookiesIn('wos-session')[0]?.name,
  },
  'AuthkitCookiesOptions.secure': {
    observe: () => authkitCookiesIn('wos-session')[0]?.attributes.includes('; Secure'),
  },
  'CookiePlace.domain': {
    says: 'this host only',
    observe: () => !cookieOf().has.has('domain'),
  },
  'CookiePlace.path': { observe: () => cookieOf().has.get('path') },
  'CookieOptions.name': {
    says: "'__Host-holdfast'; '__Secure-holdfast' with a path or domain; 'holdfast' where it is not secure",
    observe: () =>
      cookieOf().name === '__Host-holdfast' &&
      [{ path: '/app' }, { domain: 'app.example' }].every(
        (options) => cookieOf(options).name === '__Secure-holdfast',
      ) &&
      cookieOf({ secure: false }).name === 'holdfast',
  },
  'CookieOptions.sameSite': { observe: () => cookieOf().has.get('samesite')?.toLowerCase() },
  'CookieOptions.secure': { observe: () => cookieOf().has.has('secure') },
  'CookieOptions.maxAge': {
    says: '400 days',
    observe: () => Number(cookieOf().has.get('max-age')) * 1_000 === 400 * DAY,
  },
}

const coordination: Readonly<Record<string, Probe>> = {
  'MemoryCoordinatorOptions.replay': {
    async observe() {
      let time = DAY
      let runs = 0
      const coordinator = memoryCoordinator({ now: () => time })
      const ask = () => coordinator.once('key', async () => String(++runs))
      await ask()
      // It is forgotten in the moment in which its time is over.
      for (let ms = 0; ms < 120_000; ms += 1_000) {
        time = DAY + ms
        await ask()
        if (runs > 1) return ms
      }
      return null
    },
  },
  'MemoryCoordinatorOptions.limit': {
    async observe() {
      const coordinator = memoryCoordinator()
      for (let count = 1; count < 20_000; count++) {
        await coordinator.end(`session-${count}`, DAY)
        if (!(await coordinator.ended('session-1'))) return count - 1
      }
      return null
    },
  },
  'MemoryCoordinatorOptions.report': {
    says: 'nobody does',
    async observe() {
      const consoles = (['error', 'warn', 'log'] as const).map((name) =>
        vi.spyOn(console, name).mockImplementation(() => {}),
      )
      const crowd = async (report?: (error: AuthError) => void): Promise<boolean> => {
        const coordinator = memoryCoordinator({ limit: 1, report })
        await coordinator.end('one', DAY)
        await coordinator.end('two', DAY)
        return coordinator.ended('one')
      }
      let told = 0
      await crowd(() => told++)
      const kept = await crowd()
      const heard = consoles.some(({ mock }) => mock.calls.length > 0)
      for (const spy of consoles) spy.mockRestore()
      return told === 1 && !kept && !heard
    },
  },
  'OnceOptions.isRefusal': {
    says: 'none does',
    async observe() {
      /** How many of ten results are still there, where ten have room. */
      const kept = async (options: OnceOptions): Promise<number> => {
        const coordinator = memoryCoordinator({ limit: 10 })
        const all = Array.from({ length: 10 }, (_, index) => `key-${index}`)
        for (const key of all) await coordinator.once(key, async () => 'first', options)
        const again = await Promise.all(
          all.map((key) => coordinator.once(key, async () => 'second', options)),
        )
        return again.filter(({ text }) => text === 'first').length
      }
      return (await kept({})) === 10 && (await kept({ isRefusal: () => true })) < 10
    },
  },
  'OnceOptions.replay': {
    says: 'as the coordinator has it',
    async observe() {
      let time = DAY
      let runs = 0
      const coordinator = memoryCoordinator({ now: () => time, replay: 5_000 })
      const ask = () => coordinator.once('key', async () => String(++runs), {})
      await ask()
      time += 4_999
      await ask()
      const before = runs
      time += 1
      await ask()
      return before === 1 && runs === 2
    },
  },
  'TombstoneOptions.confirmed': {
    async observe() {
      const coordinator = memoryCoordinator({ limit: 2 })
      await coordinator.end('unconfirmed', DAY, { confirmed: false })
      await coordinator.end('default', DAY, {})
      await coordinator.end('unconfirmed too', DAY, { confirmed: false })
      // Of those that the auth server has ended too, one has gone for the others.
      return (await coordinator.ended('unconfirmed')) && !(await coordinator.ended('default'))
    },
  },
  'MemoryCoordinatorOptions.now': {
    says: 'Date.now',
    async observe() {
      const coordinator = memoryCoordinator()
      await at(DAY, () => coordinator.end('session', 1_000))
      const [before, after] = [
        await at(DAY + 999, () => coordinator.ended('session')),
        await at(DAY + 1_001, () => coordinator.ended('session')),
      ]
      return before && !after
    },
  },
}

const opens = (sealed: string): Promise<boolean> =>
  unsealText(sealed, PASSWORD).then((text) => text === 'text')

const seals: Readonly<Record<string, Probe>> = {
  'SealTextOptions.ttl': {
    async observe() {
      const sealed = await sealText('text', PASSWORD)
      const later = await at(Date.now() + 3_650 * DAY, () => opens(sealed))
      return later ? 0 : null
    },
  },
  'SealTextOptions.now': {
    says: 'Date.now',
    async observe() {
      const sealed = await at(DAY, () => sealText('text', PASSWORD, { ttl: 1_000 }))
      const [before, after] = [
        await at(DAY + 1_000, () => opens(sealed)),
        await at(2 * DAY, () => opens(sealed).catch(() => false)),
      ]
      return before && !after
    },
  },
}

/** What the parts of servers do when they are told nothing. */
export const serverProbes: Readonly<Record<string, Probe>> = {
  ...cookies,
  ...coordination,
  ...seals,
}
