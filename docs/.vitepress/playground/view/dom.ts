type Attributes = Readonly<Record<string, string>>
type Child = Node | string

/** An element with attributes and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/** A button that does something, with a name for tests and styles. */
export function button(text: string, deed: string, act: () => void, kind = ''): HTMLButtonElement {
  const element = h('button', { type: 'button', 'data-do': deed, class: kind }, text)
  element.addEventListener('click', act)
  return element
}

/** Sets a text, touching the page only when it changes. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** One of several: what radio buttons say, and the values behind them. */
export interface Choice<Value extends string> {
  readonly element: HTMLFieldSetElement
  /** Shows what is chosen. */
  check(value: Value): void
}

/** Radio buttons under a legend. */
export function choice<Value extends string>(
  { name, legend }: { readonly name: string; readonly legend: string },
  options: Readonly<Record<Value, string>>,
  choose: (value: Value) => void,
): Choice<Value> {
  const inputs: HTMLInputElement[] = []
  const element = h('fieldset', { class: 'choices', 'data-choice': name }, h('legend', {}, legend))
  for (const value in options) {
    const input = h('input', { type: 'radio', name: `playground-${name}`, value })
    input.addEventListener('change', () => choose(value))
    inputs.push(input)
    element.append(h('label', {}, input, options[value]))
  }
  return {
    element,
    check(value) {
      for (const input of inputs) input.checked = input.value === value
    },
  }
}

/** A length of time for people: 0:05, 1:02:03. */
export function lengthOf(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1_000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes, seconds] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}
