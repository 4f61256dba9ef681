import { byId, make, timeOf } from './dom.js'

const LONGEST = 40

/** Adds an entry to what happened. It tells names and times, never a token. */
export function tell(text: string, kind = 'plain'): void {
  const item = document.createElement('li')
  item.className = kind
  item.append(make('time', timeOf()), make('span', text))
  const list = byId('line')
  list.prepend(item)
  while (list.children.length > LONGEST) list.lastElementChild?.remove()
  byId('events').hidden = false
}
