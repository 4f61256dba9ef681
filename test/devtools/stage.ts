import { afterEach, beforeEach, vi } from 'vitest'
import { faultInjector, recordSteps, showDevtools } from '../../src/devtools/index.js'
import type { DevtoolsOptions } from '../../src/devtools/types.js'
import {
  AuthClient,
  type AuthError,
  type SessionTimeoutsOptions,
  sessionTimeouts,
} from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createFakeBrowser, createScriptedGoTrue, type FakeTab } from '../../src/testing/index.js'
import { createChannels } from './channels.js'

export const ADA = { email: 'ada@example.com', password: 'secret-1' }
export const HOUR = 3_600_000

/** What a client of a test differs in. */
interface Opening {
  readonly storageKey?: string
  readonly tab?: FakeTab
  readonly timeouts?: SessionTimeoutsOptions
  /** Whether the panel can make things go wrong. */
  readonly withFaults?: boolean
  /** What each refresh is refused with. */
  readonly refusal?: AuthError
}

/** A page with clients in a fake browser, whose panel is the page's. */
export function createStage() {
  const browser = createFakeBrowser()
  const server = createScriptedGoTrue({ clock: browser.clock, users: [ADA] })
  const channels = createChannels()
  vi.stubGlobal('BroadcastChannel', channels.FakeChannel)
  const ends: (() => void)[] = []

  const settle = async (): Promise<void> => {
    await browser.clock.settle()
    await browser.clock.settle()
  }

  function open({
    storageKey = 'app',
    tab = browser.tab(),
    timeouts,
    withFaults,
    refusal,
  }: Opening = {}) {
    const real = { fetch: tab.fetch(server.fetch), environment: tab.environment }
    const surroundings = withFaults ? faultInjector(real) : real
    const provider = gotrue({
      url: 'http://localhost/auth/v1',
      fetch: surroundings.fetch,
      now: browser.clock.now,
    })
    const options = {
      provider: refusal ? { ...provider, refresh: () => Promise.reject(refusal) } : provider,
      storage: tab.storage,
      storageKey,
      environment: surroundings.environment,
      debug: recordSteps(),
      ...(timeouts && { timeouts: sessionTimeouts({ activity: () => () => {}, ...timeouts }) }),
    }
    const auth = new AuthClient(options)
    ends.push(() => auth.dispose())
    return { auth, tab, options }
  }

  function show(
    { auth, options }: Pick<ReturnType<typeof open>, 'auth' | 'options'>,
    more: DevtoolsOptions = { initialIsOpen: true },
  ): () => void {
    const stop = showDevtools(auth, { options, ...more })
    ends.push(stop)
    return stop
  }

  return {
    browser,
    server,
    channels,
    open,
    show,
    settle,
    refreshes: (): number => server.count('refresh_token'),
    async advance(ms: number): Promise<void> {
      await browser.clock.advance(ms)
      await settle()
    },
    /** A client with Ada signed in, in the panel. */
    async signedIn(opening?: Opening) {
      const opened = open(opening)
      const stop = show(opened)
      await opened.auth.signIn(ADA)
      await settle()
      return { ...opened, stop }
    },
    end(): void {
      for (const end of ends) end()
      sessionStorage.clear()
      vi.unstubAllGlobals()
    },
  }
}

/** The stage of each test; it leaves no panel and no channel behind. */
export function stageOfEachTest(): () => ReturnType<typeof createStage> {
  let stage: ReturnType<typeof createStage>
  beforeEach(() => {
    stage = createStage()
  })
  afterEach(() => stage.end())
  return () => stage
}

/** What is in the panel of the page. */
export function rootOf(): ShadowRoot {
  const root = document.querySelector('holdfast-devtools')?.shadowRoot
  if (!root) throw new Error('There is no panel.')
  return root
}

/** What is in the panel that a selector finds. */
export function find<Kind extends HTMLElement = HTMLElement>(selector: string): Kind {
  const element = rootOf().querySelector<Kind>(selector)
  if (!element) throw new Error(`There is no ${selector} in the panel.`)
  return element
}

const words = (element: Element): string => (element.textContent ?? '').replace(/\s+/g, ' ').trim()

/** The lines of a part of the panel, as they are read. */
export function linesOf(part: string): string[] {
  const section = find(`section.${part}`)
  const rows = [...section.querySelectorAll('dl, ol, tbody')].flatMap((list) => [...list.children])
  const notes = [...section.querySelectorAll<HTMLElement>('p.none')].filter((one) => !one.hidden)
  return [
    ...notes.map(words),
    ...rows.map((row) => [...row.children].map((cell) => pieces(cell).join(', ')).join(' | ')),
  ]
}

/** What is in a cell: a value, and what is noted below it. */
const pieces = (cell: Element): string[] =>
  (cell.tagName === 'DD' ? [...cell.children] : [cell]).map(words).filter(Boolean)

/** The events of the time line, the newest first. */
export const titles = (): string[] =>
  [...rootOf().querySelectorAll('.line li strong')].map((title) => words(title))

/** The button with this text. */
export function buttonOf(label: string): HTMLButtonElement {
  const found = [...rootOf().querySelectorAll('button')].find(
    (button) => button.textContent === label && !button.closest('[hidden]'),
  )
  if (!found) throw new Error(`There is no button "${label}" to press.`)
  return found
}

/** Presses a key where the focus is. */
export function press(key: string): void {
  const target = rootOf().activeElement ?? document.activeElement ?? document.body
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }))
}

/** The line of a fact in a part of the panel. */
export const fact = (part: string, name: string): string | undefined =>
  linesOf(part).find((line) => line.startsWith(name))

/** How long something that is next is still away, in seconds; less than an hour. */
export function secondsUntil(name: string): number {
  const [, minutes = 0, rest = 0] =
    /in (?:(\d+) min)?(?: ?(\d+) s)?/.exec(fact('next', name) ?? '') ?? []
  return Number(minutes) * 60 + Number(rest)
}
