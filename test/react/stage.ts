import { createElement, type FunctionComponent, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import type { SessionState } from '../../src/react/index.js'
import { createFakeBrowser, createScriptedGoTrue } from '../../src/testing/index.js'

export const ADA = { email: 'ada@example.com', password: 'secret-1' }
export const BOB = { email: 'bob@example.com', password: 'secret-2' }
export const HOUR = 3_600_000

/** A fake browser and a scripted server, with clients and React roots in its pages. */
export function createStage() {
  const browser = createFakeBrowser()
  const server = createScriptedGoTrue({ clock: browser.clock, users: [ADA, BOB] })
  const roots = new Set<Root>()

  function open(storageKey = 'app', tab = browser.tab()) {
    const auth = new AuthClient({
      provider: gotrue({
        url: 'http://localhost/auth/v1',
        fetch: tab.fetch(server.fetch),
        now: browser.clock.now,
      }),
      storage: tab.storage,
      storageKey,
      environment: tab.environment,
    })
    return { auth, tab }
  }

  /** React works in turns of the event loop, as everything here: none of it takes time. */
  const settle = async (): Promise<void> => {
    await browser.clock.settle()
    await browser.clock.settle()
  }

  const page = (html = ''): HTMLElement => {
    const container = document.createElement('div')
    container.innerHTML = html
    return container
  }

  return {
    browser,
    server,
    open,
    settle,
    refreshes: (): number => server.count('refresh_token'),
    async advance(ms: number): Promise<void> {
      await browser.clock.advance(ms)
      await settle()
    },
    /** A client with somebody signed in, and its tab. */
    async signedIn(storageKey?: string) {
      const opened = open(storageKey)
      const { session } = await opened.auth.signIn(ADA)
      if (!session) throw new Error('Nobody was signed in.')
      await settle()
      return { ...opened, session }
    },
    async render(node: ReactNode) {
      const container = page()
      const root = createRoot(container)
      roots.add(root)
      const show = async (next: ReactNode): Promise<void> => {
        flushSync(() => root.render(next))
        await settle()
      }
      await show(node)
      return { container, show, unmount: () => root.unmount() }
    },
    /** Renders on a server, then hydrates what that gave. `problems` is what React had to repair. */
    async hydrate(node: ReactNode, onServer: ReactNode = node) {
      const html = renderToString(onServer)
      const container = page(html)
      const problems: unknown[] = []
      roots.add(
        hydrateRoot(container, node, { onRecoverableError: (error) => problems.push(error) }),
      )
      await settle()
      return { html, container, problems }
    },
    end(): void {
      for (const root of roots) root.unmount()
    },
  }
}

/** The stage of each test; React must have had nothing to complain about by its end. */
export function stageOfEachTest(): () => ReturnType<typeof createStage> {
  let stage: ReturnType<typeof createStage>
  beforeEach(() => {
    vi.spyOn(console, 'error')
    stage = createStage()
  })
  afterEach(() => {
    stage.end()
    expect(console.error).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })
  return () => stage
}

/** A component that shows what `read` makes of its hooks, and a record of all it ever showed. */
export function probe(read: () => string): {
  readonly Probe: FunctionComponent
  readonly shown: string[]
} {
  const shown: string[] = []
  return {
    shown,
    Probe() {
      const text = read()
      shown.push(text)
      return createElement('p', null, text)
    },
  }
}

/** A state as a person would tell it. */
export const describeState = ({ status, user, error }: SessionState): string =>
  [status, user?.email, error?.code].filter(Boolean).join(' ')

/** Counts how many listen to the snapshot of a client. */
export function countListeners(auth: AuthClient<never>): () => number {
  const { subscribe } = auth
  let count = 0
  vi.spyOn(auth, 'subscribe').mockImplementation((listener) => {
    const stop = subscribe(listener)
    count++
    return () => {
      count--
      stop()
    }
  })
  return () => count
}
