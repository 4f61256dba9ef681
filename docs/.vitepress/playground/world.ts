import {
  createFakeBrowser,
  createManualClock,
  createScriptedGoTrue,
  type Fault,
} from 'holdfast/testing'
import { openTab, type Tab } from './tab.js'
import { createThief, type Thief } from './thief.js'
import { createTimeMachine, settle, type TimeMachine } from './time.js'

/** What the network and the server do to requests. */
export type Network = 'up' | 'down' | 'slow' | 'rate-limited' | 'unplugged'

/** A browser, its tabs, an auth server and a thief, all in this page. */
export interface World {
  readonly time: TimeMachine
  readonly thief: Thief
  tabs(): readonly Tab[]
  /** Opens one more tab; does nothing when there are as many as fit. */
  open(): Tab | null
  close(tab: Tab): void
  network(): Network
  setNetwork(network: Network): void
  /** By how many ms this device's clock is wrong, in all tabs. */
  skew(): number
  setSkew(ms: number): void
  /** The device sleeps: its tabs run again, late, when it wakes. In ms. */
  sleep(ms: number): Promise<void>
  /** Copies the refresh token of the session, as malware or a backup does. Whether there was one. */
  steal(): boolean
  /** Ends all of Ada's sessions at the server, as she does on another device. */
  signOutElsewhere(): void
  /** Whether the server has a session of Ada's. */
  hasSession(): boolean
  /** The time by this device's clock, in ms since the epoch. */
  deviceTime(): number
  /** How many refresh requests the tabs have sent together. */
  refreshes(): number
  dispose(): void
}

/** Who signs in. */
export const ADA = { email: 'ada@example.com', password: 'correct horse' } as const
/** How long an access token lives, in ms. */
export const LIFETIME = 60_000
/** As many tabs as fit on a page. */
export const MOST_TABS = 6

const FAULTS: Readonly<Record<Network, Fault | null>> = {
  up: null,
  down: { type: 'status', status: 503 },
  slow: { type: 'slow', delay: 4_000 },
  'rate-limited': { type: 'rate-limited', retryAfter: 10 },
  unplugged: null,
}

function createParts() {
  const clock = createManualClock({ now: Date.now(), settle })
  const browser = createFakeBrowser({ clock, seed: Date.now() % 1_000_000 })
  const server = createScriptedGoTrue({
    clock,
    wait: (ms) => new Promise((resolve) => clock.schedule(ms, resolve)),
    accessTokenLifetime: LIFETIME,
    // What is replaced counts no more, but for the one before the newest, whose answer may be lost.
    reuseInterval: 0,
    exposedHeaders: ['Retry-After', 'X-Supabase-Api-Version'],
    // Pages that are no secure contexts have no WebCrypto; nobody checks these tokens.
    signing: 'digest',
    users: [{ ...ADA, data: { name: 'Ada' } }],
  })
  return { clock, browser, server }
}

/** Makes a world; `onChange` is called whenever something may have changed. */
export function createWorld(onChange: () => void): World {
  const { clock, browser, server } = createParts()
  const time = createTimeMachine(clock, onChange)
  const thief = createThief(server)
  const began = clock.now()
  let tabs: readonly Tab[] = []
  let network: Network = 'up'
  let skew = 0
  let refreshes = 0

  const send: typeof server.fetch = (input, init) => {
    if (String(input).includes('grant_type=refresh_token')) refreshes++
    return server.fetch(input, init)
  }

  return {
    time,
    thief,
    tabs: () => tabs,
    open() {
      if (tabs.length >= MOST_TABS) return null
      const surroundings = browser.tab({ clockSkew: skew, storage: 'sync' })
      if (network === 'unplugged') surroundings.goOffline()
      const tab = openTab(surroundings, { send, now: () => clock.now() - began, onChange })
      tabs = [...tabs, tab]
      return tab
    },
    close(tab) {
      tab.close()
      tabs = tabs.filter((other) => other !== tab)
    },
    network: () => network,
    setNetwork(next) {
      network = next
      server.heal()
      const fault = FAULTS[next]
      if (fault) server.fail(fault, { times: Number.POSITIVE_INFINITY })
      for (const { surroundings } of tabs) {
        if (next === 'unplugged') surroundings.goOffline()
        else surroundings.goOnline()
      }
      onChange()
    },
    skew: () => skew,
    setSkew(ms) {
      skew = ms
      for (const { surroundings, auth } of tabs) {
        surroundings.setClockSkew(ms)
        // Browsers tell nobody that the clock was set: the next call finds out, and this is one.
        auth.getSession().catch(() => {})
      }
      onChange()
    },
    sleep: (ms) =>
      time.between(async () => {
        await clock.sleep(ms)
        for (const { surroundings } of tabs) surroundings.focus()
        await clock.settle()
      }),
    steal() {
      const token = tabs
        .map(({ auth }) => auth.getSnapshot().session?.refreshToken)
        .find((found) => found !== undefined && found !== null)
      if (token) thief.copy(token)
      onChange()
      return token !== undefined
    },
    signOutElsewhere() {
      for (const { userId } of [...server.sessions()]) server.endSessionsOf(userId)
      onChange()
    },
    hasSession: () => server.sessions().length > 0,
    deviceTime: () => clock.now() + skew,
    refreshes: () => refreshes,
    dispose() {
      time.stop()
      for (const tab of tabs) tab.close()
    },
  }
}
