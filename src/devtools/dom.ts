/** What an element is made with: attributes, and what it does when it is pressed. */
export interface Making {
  readonly attributes?: Readonly<Record<string, string>>
  readonly onClick?: () => void
}

/**
 * Makes an element of texts and other elements. Never of HTML: so it works under Trusted Types, and
 * no text that comes from elsewhere can become more than a text.
 */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { attributes = {}, onClick }: Making = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  if (onClick) element.addEventListener('click', onClick)
  element.append(...children)
  return element
}

/** Attributes of a class. */
export const styled = (name: string): Making => ({ attributes: { class: name } })

/** Makes a button. */
export const button = (label: string, onClick: () => void, name = ''): HTMLButtonElement =>
  make('button', { attributes: { type: 'button', class: name }, onClick }, label)

/** Sets a text, touching the page only when it changes: what is selected stays so. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

const SVG = 'http://www.w3.org/2000/svg'

/** The anchor of Holdfast, as an image that says nothing. */
export function anchor(): SVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 32 32')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('d', 'M16 8.5V24M9 12h14M6 18c0 6 5 9 10 9s10-3 10-9')
  const ring = document.createElementNS(SVG, 'circle')
  for (const [name, value] of [
    ['cx', '16'],
    ['cy', '6'],
    ['r', '2.5'],
  ] as const) {
    ring.setAttribute(name, value)
  }
  svg.append(path, ring)
  return svg
}

/** Keeps a list of rows in step with data: a row stays the same element as long as its key does. */
export function createRows<Item>(
  parent: Element,
  keyOf: (item: Item) => string,
  build: (item: Item) => { readonly element: Element; update(item: Item): void },
): (items: readonly Item[]) => void {
  const rows = new Map<string, ReturnType<typeof build>>()
  return (items) => {
    const wanted = new Set(items.map(keyOf))
    for (const [key, { element }] of rows) {
      if (wanted.has(key)) continue
      element.remove()
      rows.delete(key)
    }
    items.forEach((item, index) => {
      const key = keyOf(item)
      const row = rows.get(key) ?? build(item)
      rows.set(key, row)
      row.update(item)
      if (parent.children[index] !== row.element) {
        parent.insertBefore(row.element, parent.children[index] ?? null)
      }
    })
  }
}
