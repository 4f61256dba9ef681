import { button, createRows, make, setText, styled } from './dom.js'
import { type Part, section } from './facts.js'
import type { Moment } from './history.js'
import type { View } from './monitor.js'
import type { StoredEntry } from './stored.js'
import { bytes, duration, timeOfDay } from './words.js'

const scrollable = (
  name: string,
  label: string,
): { readonly attributes: Record<string, string> } => ({
  // What scrolls must be reached by keys.
  attributes: { class: name, role: 'region', 'aria-label': label, tabindex: '0' },
})

/** What lies in storage: names, kinds, sizes and ages; nothing of what is in it. */
export function createStorage(): Part {
  const head = ['Entry', 'Kind', 'Size', 'Age'].map((name) =>
    make('th', { attributes: { scope: 'col' } }, name),
  )
  const body = make('tbody')
  const table = make('table', {}, make('thead', {}, make('tr', {}, ...head)), body)
  const note = make('p', styled('none'))
  const place = make('div', scrollable('scroll', 'Storage entries'), table)
  let now = 0
  const update = createRows<StoredEntry>(
    body,
    ({ key }) => key,
    ({ key }) => {
      const cells = ['kind', 'size', 'age'].map((name) => make('td', styled(name)))
      const row = make('tr', {}, make('th', { attributes: { scope: 'row' } }, key), ...cells)
      return {
        element: row,
        update: (entry) =>
          textsOf(entry, now).forEach((text, index) => {
            const cell = cells[index]
            if (cell) setText(cell, text)
          }),
      }
    },
  )
  return {
    element: section('Storage', 'storage', note, place),
    update(view, at) {
      now = at
      const text = storageNote(view)
      setText(note, text)
      note.hidden = text === ''
      place.hidden = text !== ''
      update(text === '' ? (view.entries ?? []) : [])
    },
  }
}

/** Why there are no entries to show; empty where there are some. */
function storageNote({ entries, storageError }: View): string {
  if (!entries) return 'Pass the options of the client to showDevtools() to see what it stores.'
  if (storageError) return `Storage could not be read. ${storageError}`
  return entries.length > 0 ? '' : 'Nothing is stored.'
}

const textsOf = ({ kind, size, writtenAt, isReadable }: StoredEntry, now: number): string[] => [
  isReadable ? kind : `${kind}, unreadable`,
  bytes(size),
  writtenAt === null ? '–' : duration(now - writtenAt),
]

/** A moment with a number of its own. */
const numbers = new WeakMap<Moment, string>()
let count = 0

function numberOf(moment: Moment): string {
  const number = numbers.get(moment) ?? String(++count)
  numbers.set(moment, number)
  return number
}

function buildMoment({ at, tab, title, text, tone, kind }: Moment) {
  const element = make(
    'li',
    styled(`${tone} ${kind}`),
    make('time', { attributes: { datetime: new Date(at).toISOString() } }, timeOfDay(at)),
    make(
      'span',
      styled(tab === null ? 'tab here' : 'tab'),
      tab === null ? 'this tab' : `tab ${tab}`,
    ),
    make('span', styled('what'), make('strong', {}, title), ' ', text),
  )
  return { element, update() {} }
}

/** What happened, in all tabs, the newest first. */
export function createLine(clear: () => void): Part {
  const list = make('ol')
  const none = make('p', styled('none'), 'Nothing has happened yet.')
  const checkbox = make('input', { attributes: { type: 'checkbox' } })
  const wipe = button('Clear', clear, 'small')
  wipe.setAttribute('aria-label', 'Clear the time line')
  const steps = make('label', {}, checkbox, 'Steps')
  const tools = make('div', styled('tools'), steps, wipe)
  const update = createRows<Moment>(list, numberOf, buildMoment)
  let last: readonly Moment[] = []
  const paint = (): void => {
    const shown = last.filter(({ kind }) => kind !== 'step' || checkbox.checked)
    none.hidden = shown.length > 0
    // Of one millisecond, the later one first too.
    update(shown.reverse().sort((a, b) => b.at - a.at))
  }
  checkbox.addEventListener('change', paint)
  return {
    element: section(
      'Time line',
      'line',
      tools,
      none,
      make('div', scrollable('scroll', 'Time line of all tabs'), list),
    ),
    update({ moments }) {
      last = moments
      // Without a recorder there are none to show.
      steps.hidden = !moments.some(({ kind }) => kind === 'step')
      paint()
    },
  }
}
