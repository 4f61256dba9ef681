import { createRows, make, setText, styled } from './dom.js'
import type { View } from './monitor.js'
import { duration, timeOfDay } from './words.js'

/** A part of the panel. */
export interface Part {
  readonly element: HTMLElement
  /** `now`: ms since the epoch. */
  update(view: View, now: number): void
}

/** A heading and what belongs to it. */
export function section(title: string, name: string, ...children: readonly Node[]): HTMLElement {
  const id = `title-${name}`
  const heading = make('h3', { attributes: { id } }, title)
  const attributes = { class: name, 'aria-labelledby': id }
  return make('section', { attributes }, heading, ...children)
}

interface Fact {
  readonly name: string
  readonly value: string
  /** What goes without saying to some. */
  readonly note?: string
}

/** Makes a list of names and values. */
function createFacts(): { readonly element: HTMLElement; update(facts: readonly Fact[]): void } {
  const element = make('dl')
  const update = createRows<Fact>(
    element,
    ({ name }) => name,
    ({ name }) => {
      const value = make('span', styled('value'))
      const note = make('small')
      const row = make('div', {}, make('dt', {}, name), make('dd', {}, value, note))
      return {
        element: row,
        update(fact) {
          setText(value, fact.value)
          setText(note, fact.note ?? '')
        },
      }
    },
  )
  return { element, update }
}

const STATUS: Readonly<Record<View['status'], string>> = {
  loading: 'Reading storage',
  'signed-in': 'Signed in',
  'signed-out': 'Signed out',
  disposed: 'Disposed',
}

/** The status in few words. */
export const badgeText = (view: View): string =>
  view.isFailing ? 'Refresh fails' : STATUS[view.status]

/** The status as people say it. */
export const statusText = ({ status, isFailing }: View): string =>
  isFailing ? 'Signed in, refresh fails' : STATUS[status]

/** What colour stands for it. */
export const statusTone = ({ status, isFailing }: View): string => (isFailing ? 'failing' : status)

function stateFacts(view: View, now: number): Fact[] {
  const { status, userId, expiresAt, lineage, revision, error, trouble } = view
  const left = expiresAt === null ? 0 : expiresAt - now
  return [
    {
      name: 'Status',
      value: statusText(view),
      ...(status === 'disposed' && {
        note: 'The app has ended this client: it does nothing any more.',
      }),
    },
    ...(expiresAt === null
      ? []
      : [
          { name: 'User', value: userId ?? 'unknown' },
          {
            name: 'Token expires',
            value: timeOfDay(expiresAt),
            note: left > 0 ? `${duration(left)} left` : 'It has expired.',
          },
        ]),
    ...(lineage === null
      ? []
      : [{ name: 'Lineage', value: lineage, note: `revision ${revision}` }]),
    ...(error && !trouble
      ? [{ name: expiresAt === null ? 'Ended by' : 'Last failure', value: error }]
      : []),
  ]
}

/** Who is signed in, and for how long. */
export function createState(): Part {
  const facts = createFacts()
  const life = make('div', styled('life'))
  // What it shows is said in words above it.
  const bar = make('div', { attributes: { class: 'bar', 'aria-hidden': 'true' } }, life)
  return {
    element: section('State', 'state', facts.element, bar),
    update(view, now) {
      const { expiresAt, lifetime } = view
      facts.update(stateFacts(view, now))
      bar.hidden = expiresAt === null || lifetime === null
      const part = (expiresAt === null || lifetime === null ? 0 : expiresAt - now) / (lifetime ?? 1)
      life.style.setProperty('--left', String(Math.min(1, Math.max(0, part))))
      life.dataset.tone = statusTone(view)
    },
  }
}

/** What happens by itself, and when. */
export function createDeadlines(): Part {
  const facts = createFacts()
  const none = make('p', styled('none'), 'Nothing is due: nobody is signed in.')
  return {
    element: section('Next', 'next', none, facts.element),
    update({ deadlines }, now) {
      none.hidden = deadlines.length > 0
      facts.update(
        deadlines.map(({ name, at, because }) => ({
          name,
          value: at === null ? because : at > now ? `in ${duration(at - now)}` : 'now',
          note: at === null ? '' : `${timeOfDay(at)}. ${because}`.replace(/\. $/, ''),
        })),
      )
    },
  }
}

const WELL = 'No refresh has failed since the last one that succeeded.'
const UNHEARD = 'A refresh failed before the panel was shown; the next try will tell more.'

/** What is known of a server in trouble. */
export function createPatience(): Part {
  const facts = createFacts()
  const none = make('p', styled('none'))
  return {
    element: section('Patience', 'patience', none, facts.element),
    update({ trouble, isFailing }, now) {
      none.hidden = trouble !== null
      setText(none, isFailing ? UNHEARD : WELL)
      if (!trouble) return facts.update([])
      const { failures, nextAttemptAt, text } = trouble
      const left = nextAttemptAt - now
      const [value, note] =
        left < Infinity
          ? [
              left > 0 ? `in ${duration(left)}` : 'now',
              `at the latest, ${timeOfDay(nextAttemptAt)}`,
            ]
          : ['none', 'before the step is done that the server wants']
      facts.update([
        { name: 'Failed in a row', value: String(failures) },
        { name: 'Next try', value, note },
        { name: 'Why', value: text },
      ])
    },
  }
}

/** What of the faults is switched on, and how that ends. */
export function createSwitched(): Part {
  const element = make('p', styled('switched'))
  return {
    element,
    update({ faults }) {
      const isOn = faults.length > 0
      const what = isOn
        ? `On, for this tab’s client: ${faults.join(', ')}.`
        : 'Nothing is switched on.'
      setText(element, `${what} Closing the panel or the tab sets all right.`)
      element.dataset.tone = isOn ? 'on' : 'off'
    },
  }
}
