/** The element with this id. Throws when the page has none: that is a bug of the page. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`There is no #${id}.`)
  return element
}

/** Sets the text of an element, touching the page only when it changes. */
export function setText(id: string, text: string): void {
  const element = byId(id)
  if (element.textContent !== text) element.textContent = text
}

/** An element that holds a text. */
export function make(tag: string, text: string): HTMLElement {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}

/** Calls `act` with what a button with this data attribute is for, and the button. */
export function onPress(name: string, act: (value: string, button: HTMLElement) => void): void {
  for (const button of document.querySelectorAll<HTMLElement>(`[data-${name}]`)) {
    button.addEventListener('click', () => act(button.dataset[name] ?? '', button))
  }
}

/** Marks the chosen one of the buttons with this data attribute. */
export function mark(name: string, chosen: string): void {
  for (const button of document.querySelectorAll<HTMLElement>(`[data-${name}]`)) {
    button.setAttribute('aria-pressed', String(button.dataset[name] === chosen))
  }
}

/** Calls `choose` with the value of the radio button that was picked under `id`. */
export function onChoice(id: string, choose: (value: string) => void): void {
  byId(id).addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement) choose(target.value)
  })
}

/** Checks the radio button with this value under `id`. */
export function check(id: string, value: string): void {
  for (const input of byId(id).querySelectorAll('input')) input.checked = input.value === value
}

/** Where a tab keeps the status that it showed last, also on the page that a redirect has left. */
const SHOWN = 'shown'

let isLeaving = false

/** Goes to another site, which leads back here: what shows then is news, also if this page shows the same by then. */
export function leaveFor(address: string): void {
  isLeaving = true
  sessionStorage.setItem(SHOWN, 'elsewhere')
  location.href = address
}

/**
 * Shows the parts of the page that are for this status (`data-for`) and hides the others. When the
 * part that had the focus goes, or the press or the redirect that led here left it nowhere, the heading that
 * `headingId` names gets it: else a keyboard or a screen reader would start again at the top of the page.
 */
export function showParts(status: string, headingId: () => string): void {
  let changed = false
  const focused = document.activeElement
  let lost = focused === null || focused === document.body
  for (const part of document.querySelectorAll<HTMLElement>('[data-for]')) {
    const hidden = part.dataset.for !== status
    if (part.hidden === hidden) continue
    changed = true
    if (hidden && part.contains(focused)) lost = true
    part.hidden = hidden
  }
  if (!changed || isLeaving || status === 'loading') return
  const before = sessionStorage.getItem(SHOWN) ?? status
  sessionStorage.setItem(SHOWN, status)
  // What a tab shows first takes the focus from nobody.
  if (!lost || before === status) return
  const heading = byId(headingId())
  heading.tabIndex = -1
  heading.focus()
}

/** A time of day for people, of ms since the epoch. */
export const timeOf = (at: number = Date.now()): string => new Date(at).toLocaleTimeString('en-GB')
