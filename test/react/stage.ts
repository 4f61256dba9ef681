import { createElement, type FunctionComponent, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { createClients } from '../bindings/stage.js'

export { describeState } from '../bindings/page.js'
export { ADA, BOB, countListeners, HOUR } from '../bindings/stage.js'

/** A fake browser and a scripted server, with clients and React roots in its pages. */
export function createStage() {
  const clients = createClients()
  const { settle } = clients
  const roots = new Set<Root>()

  const page = (html = ''): HTMLElement => {
    const container = document.createElement('div')
    container.innerHTML = html
    return container
  }

  return {
    ...clients,
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
