import { anchor, make, setText, styled } from './dom.js'
import { statusText, statusTone } from './facts.js'
import { createMonitor, type Monitor } from './monitor.js'
import { wasOpen, writeOpen } from './open-state.js'
import { createPanel } from './panel.js'
import type { Source } from './source.js'
import { STYLE } from './style.js'
import type { DevtoolsCorner } from './types.js'

/** How a panel looks at first. */
export interface Appearance {
  readonly corner: DevtoolsCorner
  readonly isOpen: boolean
}

/** The element of a page; copies of the package share the one that is there. */
export interface DevtoolsElement extends HTMLElement {
  /** Shows one more client, or the same one anew. Returns the way to stop. */
  add(source: Source, appearance: Appearance): () => void
}

/** Between two looks at what nobody tells of: time that passes, and what others store; in ms. */
const TICK = 1_000

/** A name for this tab, which people tell from others by its few letters. */
const nameTab = (): string => Math.random().toString(36).slice(2, 5)

/** Makes the button that opens the panel. */
function createToggle(onClick: () => void) {
  const dot = make('span', styled('dot'))
  const attributes = {
    type: 'button',
    class: 'toggle',
    'aria-expanded': 'false',
    'aria-controls': 'panel',
  }
  const words = make('span', styled('unseen'))
  const element = make('button', { attributes, onClick }, anchor(), dot, words)
  return {
    element,
    paint(monitor: Monitor | null): void {
      if (!monitor) return
      const view = monitor.view()
      setText(words, `Holdfast devtools: ${statusText(view)}`)
      dot.dataset.tone = statusTone(view)
    },
  }
}

/**
 * Styles the panel: by a sheet that it adopts, which no policy of the page forbids, or else, in browsers
 * and jsdoms that are too old for that, by an element.
 */
function addStyle(root: ShadowRoot): void {
  if (typeof CSSStyleSheet !== 'undefined' && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    root.adoptedStyleSheets = [sheet]
  } else root.append(make('style', {}, STYLE))
}

/** Makes what is in the element: a button, and a panel that it opens. */
function createContent(host: HTMLElement) {
  const root = host.attachShadow({ mode: 'open' })
  addStyle(root)
  const tab = nameTab()
  const toggle = createToggle(() => open())
  const panel = createPanel(() => close())
  let monitors: readonly Monitor[] = []
  let cancel = (): void => {}
  let isPainting = false
  panel.element.hidden = true
  root.append(toggle.element, panel.element)

  const isOpen = (): boolean => !panel.element.hidden

  function paint(): void {
    isPainting = false
    toggle.paint(panel.current())
    if (isOpen()) panel.paint()
  }

  /** What changes in one burst is painted once. */
  function paintSoon(): void {
    if (isPainting) return
    isPainting = true
    queueMicrotask(paint)
  }

  function tick(): void {
    cancel()
    const monitor = panel.current()
    if (!isOpen() || !host.isConnected || !monitor) return
    monitor.look()
    const { clock } = monitor.source.environment
    cancel = clock.schedule(TICK, tick, { background: true })
  }

  function setOpen(open: boolean): void {
    panel.element.hidden = !open
    toggle.element.hidden = open
    toggle.element.setAttribute('aria-expanded', String(open))
    paint()
    tick()
  }

  function open(): void {
    setOpen(true)
    writeOpen(true)
    panel.focus()
  }

  /** Nothing is wrong on purpose without somebody who sees it. */
  function setRight(): void {
    for (const monitor of monitors) monitor.setRight()
  }

  function close(): void {
    setRight()
    setOpen(false)
    writeOpen(false)
    toggle.element.focus()
  }

  root.addEventListener('keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Escape' || !isOpen()) return
    // A dialog of the app, which listens too, is not meant.
    event.stopPropagation()
    if (!panel.cancel()) close()
  })

  function setMonitors(next: readonly Monitor[]): void {
    monitors = next
    panel.setClients(next)
    paintSoon()
    tick()
  }

  function remove(monitor: Monitor): void {
    if (!monitors.includes(monitor)) return
    monitor.stop()
    setMonitors(monitors.filter((other) => other !== monitor))
    if (monitors.length === 0) {
      cancel()
      host.remove()
    }
  }

  function add(source: Source, { corner, isOpen: opens }: Appearance): () => void {
    const isFirst = monitors.length === 0
    const monitor = createMonitor(source, tab, paintSoon)
    const before = monitors.find((other) => other.source.auth === source.auth)
    before?.stop()
    setMonitors([...monitors.filter((other) => other !== before), monitor])
    if (isFirst) {
      host.dataset.corner = corner
      setOpen(wasOpen() ?? opens)
    }
    return () => remove(monitor)
  }

  function rest(): void {
    cancel()
    setRight()
  }

  return { add, tick, rest }
}

/**
 * Makes the class of the element; not before it is needed, for servers have no elements, and importing
 * the package does nothing.
 */
const createClass = (): (new () => DevtoolsElement) =>
  class extends HTMLElement implements DevtoolsElement {
    readonly #content = createContent(this)
    add(source: Source, appearance: Appearance): () => void {
      return this.#content.add(source, appearance)
    }
    connectedCallback(): void {
      this.#content.tick()
    }
    disconnectedCallback(): void {
      this.#content.rest()
    }
  }

const NAME = 'holdfast-devtools'

const isOurs = (element: Element | null): element is DevtoolsElement =>
  element !== null && 'add' in element

/** The element of this page: the one that is there, whoever made it, or a new one at its end. */
export function elementHere(): DevtoolsElement {
  // Another copy of the package may have been first.
  if (!customElements.get(NAME)) customElements.define(NAME, createClass())
  const there = document.querySelector(NAME)
  if (isOurs(there)) return there
  const element = document.createElement(NAME)
  ;(document.body ?? document.documentElement).append(element)
  if (isOurs(element)) return element
  throw new Error('Another script of this page has made an element <holdfast-devtools> of its own.')
}
