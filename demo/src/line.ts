import { byId, make, timeOf } from '../shared/dom.js'

/** One entry of the time line. It tells names and times, never a token. */
interface Entry {
  readonly tab: string
  readonly text: string
  readonly kind: string
  readonly at: number
}

const LONGEST = 40
const tab = Math.random().toString(36).slice(2, 5)
const channel = new BroadcastChannel('holdfast-demo')

function show({ tab: from, text, kind, at }: Entry): void {
  const item = document.createElement('li')
  item.className = kind
  const where = make('span', from === tab ? 'this tab' : `tab ${from}`)
  where.className = from === tab ? 'tab here' : 'tab'
  item.append(make('time', timeOf(at)), where, make('span', text))
  const list = byId('line')
  list.prepend(item)
  while (list.children.length > LONGEST) list.lastElementChild?.remove()
}

/** Adds an entry to the time line of this tab and of its siblings. */
export function tell(text: string, kind = 'plain'): void {
  const entry: Entry = { tab, text, kind, at: Date.now() }
  show(entry)
  channel.postMessage(entry)
}

channel.addEventListener('message', ({ data }: MessageEvent<Entry>) => show(data))
