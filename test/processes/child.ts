/** One client in a process of its own: it runs one story, says how it ended, and should then exit. */

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AuthClient, type Grant, type Provider, type Storage, systemClock } from 'holdfast'

const [, , story = '', folder = ''] = process.argv
const HOUR = 3_600_000

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** The next line that the parent writes. */
const told = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdin.once('data', () => {
      process.stdin.destroy()
      resolve()
    })
  })

/** Three methods and no more; a file for each key, and nothing that keeps the process alive. */
function fileStorage(heard: (key: string) => void = () => {}): Storage {
  const at = (key: string): string => join(folder, encodeURIComponent(key))
  return {
    get(key) {
      heard(key)
      return existsSync(at(key)) ? readFileSync(at(key), 'utf8') : null
    },
    set(key, text) {
      writeFileSync(`${at(key)}.${process.pid}`, text)
      renameSync(`${at(key)}.${process.pid}`, at(key))
    },
    remove: (key) => rmSync(at(key), { force: true }),
  }
}

const never = (): Promise<never> => new Promise(() => {})

/** The tokens are numbers: each exchange adds one. */
function counting(before: () => Promise<void> = async () => {}): Provider<Record<string, never>> {
  const grant = (number: number): Grant => ({
    accessToken: `access-${number}`,
    refreshToken: `${number}`,
    lifetime: HOUR,
    user: { id: 'ada' },
  })
  return {
    id: 'counting',
    signIn: async () => grant(1),
    async refresh(token) {
      await before()
      return grant(Number(token) + 1)
    },
  }
}

const open = (
  provider = counting(),
  storage = fileStorage(),
  more: Partial<ConstructorParameters<typeof AuthClient<Record<string, never>>>[0]> = {},
) => {
  const environment = { report: () => {}, ...more.environment }
  return new AuthClient({ provider, storage, storageKey: 'app', ...more, environment })
}

const stories: Readonly<Record<string, () => Promise<void>>> = {
  async 'sign-in'() {
    await open().signIn({})
    say('signed in')
  },
  /** Signs in an hour and more ago, so that the token is dead by now. */
  async 'long-ago'() {
    const clock = { ...systemClock(), now: () => Date.now() - 2 * HOUR }
    await open(counting(), fileStorage(), { environment: { clock } }).signIn({})
    say('signed in')
  },
  async refresh() {
    const { session } = await open().refreshSession()
    say(`refreshed ${session.accessToken}`)
  },
  async get() {
    const session = await open().getSession()
    say(`got ${session?.accessToken}`)
  },
  async 'sign-out'() {
    await open().signOut()
    say(`got ${await open().getSession()}`)
  },
  /** Holds the lock until the parent says so. */
  async hold() {
    const slow = counting(() => {
      say('holding')
      return told()
    })
    const { session } = await open(slow).refreshSession()
    say(`refreshed ${session.accessToken}`)
  },
  /** Wants the lock, and says each time that it looks whether that is free. */
  async wait() {
    const looking = fileStorage((key) => key.startsWith('holdfast:') && say('looked'))
    const { session } = await open(counting(), looking).refreshSession()
    say(`refreshed ${session.accessToken}`)
  },
  async 'silent-storage'() {
    const silent = { get: never, set: never, remove: never }
    const auth = open(counting(), silent, { storageTimeout: 100 })
    await auth.getSession().catch((error) => say(`failed ${error.code}`))
  },
  async 'silent-server'() {
    const silent = open(counting(never), fileStorage(), { requestTimeout: 100 })
    await silent.refreshSession().catch((error) => say(`failed ${error.code}`))
  },
  /** A client that waits for its next refresh, and for events. */
  async idle() {
    const auth = open(counting(), fileStorage(), { autoRefresh: true })
    auth.onAuthStateChange(() => {})
    auth.subscribe(() => {})
    await auth.signIn({})
    say('idle')
  },
  async 'made-only'() {
    open()
    say('made')
  },
  async 'made-only-silent'() {
    open(counting(), { get: never, set: never, remove: never }, { storageTimeout: 100 })
    say('made')
  },
  async 'failed-save'() {
    const full = { ...fileStorage(), set: () => Promise.reject(new Error('The disk is full.')) }
    await open(counting(), full).signIn({})
    say('signed in')
  },
}

await stories[story]?.()
