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
