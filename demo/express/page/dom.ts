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

/** A time of day for people, of ms since the epoch. */
export const timeOf = (at: number = Date.now()): string => new Date(at).toLocaleTimeString('en-GB')
