import { createActions } from './actions.js'
import { deedsOf } from './deeds.js'
import { button, make, setText, styled } from './dom.js'
import {
  badgeText,
  createDeadlines,
  createPatience,
  createState,
  createSwitched,
  statusTone,
} from './facts.js'
import { faultDeedsOf } from './fault-deeds.js'
import { faultWords } from './faults.js'
import type { Monitor } from './monitor.js'
import { createLine, createStorage } from './tables.js'

/** The panel of all clients of a page: it shows one of them at a time. */
export interface Panel {
  readonly element: HTMLElement
  /** The clients there are. The one that was shown stays so, as long as it is among them. */
  setClients(monitors: readonly Monitor[]): void
  /** The client that is shown. */
  current(): Monitor | null
  paint(): void
  /** Takes back a question. Tells whether there was one. */
  cancel(): boolean
  focus(): void
}

/** Makes what is below the head: facts in two columns beside the time line, or all in one. */
function createBody(clear: () => void) {
  const [state, next, patience] = [createState(), createDeadlines(), createPatience()]
  const [storage, line, switched] = [createStorage(), createLine(clear), createSwitched()]
  const actions = createActions({ title: 'Actions', name: 'actions' })
  const faults = createActions({ title: 'Faults', name: 'faults', lead: switched.element })
  const columns = [
    make('div', styled('column'), state.element, actions.element),
    make('div', styled('column'), next.element, patience.element),
  ]
  const facts = make('div', styled('facts'), ...columns, faults.element, storage.element)
  const body = make('div', styled('body'), facts, line.element)
  return { body, parts: [state, next, patience, switched, storage, line], actions, faults }
}

/** What is switched on in a page, whichever client it shows; empty where nothing is. */
function alarmText(monitors: readonly Monitor[]): string {
  const texts = monitors.flatMap(({ source }) =>
    faultWords(source.faults).map((text) =>
      monitors.length > 1 ? `${source.name}: ${text}` : text,
    ),
  )
  return texts.length > 0 ? `Faults: ${texts.join(', ')}` : ''
}

/** Makes the panel. */
export function createPanel(onClose: () => void): Panel {
  const title = make('h2', { attributes: { tabindex: '-1', id: 'title' } }, 'Holdfast devtools')
  const badge = make('span', styled('badge'))
  const alarm = make('span', { attributes: { class: 'badge alarm' } })
  const select = make('select', { attributes: { 'aria-label': 'Client' } })
  const close = button('Close', onClose, 'small')
  const head = make('header', {}, title, badge, alarm, select, close)
  const { body, parts, actions, faults } = createBody(() => shown?.clearMoments())
  const attributes = { id: 'panel', role: 'dialog', 'aria-labelledby': 'title' }
  const element = make('div', { attributes }, head, body)
  let all: readonly Monitor[] = []
  let shown: Monitor | null = null

  function show(monitor: Monitor | null): void {
    shown = monitor
    if (!monitor) return
    actions.show(deedsOf(monitor.source), monitor.run)
    faults.show(faultDeedsOf(monitor.source), monitor.run)
    monitor.look()
    paint()
  }

  function paint(): void {
    if (!shown) return
    const view = shown.view()
    const { source } = shown
    const now = source.environment.clock.now()
    setText(badge, badgeText(view))
    badge.dataset.tone = statusTone(view)
    setText(alarm, alarmText(all))
    for (const part of parts) part.update(view, now)
    for (const part of [actions, faults]) part.update(source.byDevice(now))
  }

  select.addEventListener('change', () => show(all[select.selectedIndex] ?? null))

  return {
    element,
    paint,
    current: () => shown,
    cancel: () => actions.cancel() || faults.cancel(),
    focus: () => title.focus(),
    setClients(monitors) {
      all = monitors
      const names = monitors.map(({ source }) => make('option', {}, source.name))
      select.replaceChildren(...names)
      select.hidden = monitors.length < 2
      if (!shown || !monitors.includes(shown)) show(monitors[0] ?? null)
      select.selectedIndex = shown ? monitors.indexOf(shown) : -1
    },
  }
}
