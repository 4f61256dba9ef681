import type { Choice, Deed } from './deeds.js'
import { button, make, setText, styled } from './dom.js'
import { section } from './facts.js'
import type { Words } from './words.js'

/** Some buttons of one client. */
export interface Actions {
  readonly element: HTMLElement
  /** Shows the buttons of another client; nothing where there are none. */
  show(deeds: readonly Deed[], run: (choice: Choice) => Promise<Words>): void
  /** Takes back a question. Tells whether there was one. */
  cancel(): boolean
  /**
   * Shows what is switched on, and takes back what came of a button once it is old.
   * `now`: ms since the epoch, by the device.
   */
  update(now: number): void
}

/** What buttons are below, and beside. */
export interface ActionsOptions {
  readonly title: string
  /** Names the part among the others. */
  readonly name: string
  /** What is said above the buttons. */
  readonly lead?: HTMLElement
}

/** How long it is shown what came of a button, in ms; the time line has it for longer. */
const OUTCOME = 20_000

/** A question in the place of the buttons, and where the focus came from. */
interface Question {
  readonly element: HTMLElement
  readonly from: HTMLElement
}

/** Makes a part with buttons. What came of one is said to screen readers, once. */
export function createActions({ title, name, lead }: ActionsOptions): Actions {
  const row = make('div', styled('row'))
  const outcome = make('p', { attributes: { class: 'outcome', role: 'status' } })
  const element = section(title, name, ...(lead ? [lead] : []), row, outcome)
  let toggles: readonly { readonly element: HTMLElement; readonly isOn: () => boolean }[] = []
  let question: Question | null = null
  let shown = 0
  let saidAt: number | null = null

  function cancel(): boolean {
    if (!question) return false
    const { element: asked, from } = question
    question = null
    asked.remove()
    row.hidden = false
    from.focus()
    return true
  }

  async function say(choice: Choice, run: (choice: Choice) => Promise<Words>): Promise<void> {
    const mine = shown
    setText(outcome, `${choice.label}: …`)
    outcome.dataset.tone = 'plain'
    const { title, text, tone } = await run(choice)
    // Another client's buttons are shown by now.
    if (mine !== shown) return
    setText(outcome, `${title}: ${text}`)
    outcome.dataset.tone = tone
    saidAt = null
  }

  function ask(
    deed: Extract<Deed, { kind: 'asking' }>,
    from: HTMLElement,
    run: (choice: Choice) => Promise<Words>,
  ): void {
    const choices = deed.choices.map((choice) =>
      button(
        choice.label,
        () => {
          cancel()
          say(
            { ...choice, label: `${deed.label.replace('…', '')}, ${choice.label.toLowerCase()}` },
            run,
          )
        },
        'danger',
      ),
    )
    const stay = button('Cancel', cancel)
    const id = `question-${name}`
    const attributes = { class: 'question', role: 'group', 'aria-labelledby': id }
    const asked = make(
      'div',
      { attributes },
      make('p', { attributes: { id } }, deed.question),
      ...choices,
      stay,
    )
    question = { element: asked, from }
    row.hidden = true
    row.after(asked)
    // Whoever presses Enter twice does no harm.
    stay.focus()
  }

  return {
    element,
    cancel,
    update(now) {
      for (const { element, isOn } of toggles) element.setAttribute('aria-pressed', `${isOn()}`)
      saidAt ??= now
      if (now - saidAt >= OUTCOME) setText(outcome, '')
    },
    show(deeds, run) {
      cancel()
      shown++
      setText(outcome, '')
      const buttons = deeds.map((deed) => {
        const one: HTMLButtonElement = button(deed.label, () => {
          if (deed.kind === 'asking') ask(deed, one, run)
          else say(deed, run)
        })
        return { element: one, isOn: deed.kind === 'plain' ? deed.isOn : undefined }
      })
      toggles = buttons.flatMap(({ element, isOn }) => (isOn ? [{ element, isOn }] : []))
      row.replaceChildren(...buttons.map(({ element }) => element))
      element.hidden = buttons.length === 0
    },
  }
}
