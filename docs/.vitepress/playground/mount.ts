import house from '../../../demo/styles/house.css?inline'
import styles from './playground.css?inline'
import type { Tab } from './tab.js'
import { drawControls } from './view/controls.js'
import { h, setText } from './view/dom.js'
import { drawPeer } from './view/peer-table.js'
import { drawTab, type TabCard } from './view/tab-card.js'
import { drawThief } from './view/thief-card.js'
import { createWorld, LIFETIME, type World } from './world.js'

/** The cards of the tabs, in order, kept in step with the tabs of the world. */
function createTabs(world: () => World, place: HTMLElement, say: (text: string) => void) {
  const cards = new Map<Tab, TabCard>()
  function close(tab: Tab): void {
    world().close(tab)
    cards.get(tab)?.element.remove()
    cards.delete(tab)
    say(
      `${tab.name.replace('tab-', 'Tab ')} is closed. Its session lives on in the storage of the browser.`,
    )
    const [next] = cards.values()
    next?.heading.focus()
  }
  return {
    open(): TabCard | null {
      const tab = world().open()
      if (!tab) return null
      const card = drawTab(tab, world(), () => close(tab))
      cards.set(tab, card)
      place.append(card.element)
      return card
    },
    paint() {
      for (const card of cards.values()) card.paint()
    },
  }
}

/** Shows how many requests all tabs have sent together. */
function createCounter() {
  const count = h('strong', { 'data-of': 'refreshes' }, '0')
  const element = h('p', { class: 'counter' }, count, ' refresh requests, all tabs together')
  return { element, paint: (world: World) => setText(count, String(world.refreshes())) }
}

function build(root: ShadowRoot): World {
  const status = h('p', { class: 'said', role: 'status' })
  const say = (text: string): void => setText(status, text)
  const place = h('div', { class: 'tabs' })
  const counter = createCounter()
  let paint = (): void => {}
  const world = createWorld(() => paint())
  const tabs = createTabs(() => world, place, say)
  const controls = drawControls(world, {
    open() {
      const card = tabs.open()
      say(card ? '' : 'No more tabs fit here: close one first.')
      paint()
      card?.heading.focus()
    },
    say,
  })
  const thief = drawThief(world, say)
  paint = () => {
    tabs.paint()
    controls.paint()
    thief.paint()
    counter.paint(world)
  }
  const lead = `Access tokens live ${LIFETIME / 1_000} seconds here, and all of this runs in this page: the tabs, their storage, the auth server, and time.`
  root.append(
    h(
      'div',
      { class: 'house playground' },
      h('p', { class: 'soft' }, lead),
      controls.element,
      place,
      h('div', { class: 'double' }, thief.element, drawPeer()),
      h('div', { class: 'bar-of-state' }, counter.element, status),
    ),
  )
  tabs.open()
  tabs.open()
  paint()
  return world
}

/** Whether the reader wants little motion: time passes as slowly as theirs then. */
const wantsCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/**
 * Puts the playground into an element of any page, with styles that neither get in nor out. Returns
 * what takes it away again: its clients, its timers and its elements.
 */
export function mount(element: HTMLElement): () => void {
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  const style = h('style', {}, `${house}\n${styles}`)
  root.replaceChildren(style)
  const world = build(root)
  if (wantsCalm()) world.time.setSpeed(1)
  return () => {
    world.dispose()
    root.replaceChildren()
  }
}
