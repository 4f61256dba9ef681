// The page. It knows nothing of keys, proofs or bound cookies: that is the point.
import { byId, make, onPress, setText, showParts } from '../../shared/dom.js'

/** How often the page asks while the browser has not bound the session, in ms. */
const PULSE = 500
/** The line that binds sessions. */
const LINE = 'deviceBound: createDeviceBinding(),'

/** Something that is locked away. */
interface Box {
  readonly number: string
  readonly holds: string
}

/** What the page shows besides the session, see `demo.mjs`. */
interface DemoState {
  readonly log: readonly string[]
  readonly alarms: number
  readonly loot: readonly { readonly asked: string; readonly got: string }[] | null
  readonly isDown: boolean
  /** Whether this request came with a bound cookie. */
  readonly isBound: boolean
}

const post = (path: string): Promise<Response> =>
  fetch(path, { method: 'POST', headers: { 'X-Holdfast': '1' }, body: '{}' })

function fill(id: string, elements: readonly HTMLElement[]): void {
  byId(id).replaceChildren(...elements)
}

function showState({ log, alarms, loot, isDown }: DemoState): void {
  const tries = (loot ?? []).map(({ asked, got }) => {
    const row = make('div', '')
    row.append(make('dt', asked), make('dd', got))
    return row
  })
  fill('loot', tries)
  fill(
    'log',
    log.map((line) => make('li', line)),
  )
  setText('alarms', String(alarms))
  document.querySelector('[data-do=outage]')?.setAttribute('aria-pressed', String(isDown))
}

async function showBoxes(): Promise<void> {
  const response = await fetch('/boxes')
  setText('answer', `The app answered ${response.status}.`)
  if (!response.ok) return
  const boxes: readonly Box[] = await response.json()
  fill(
    'boxes',
    boxes.map(({ number, holds }) => make('li', `${number}: ${holds}`)),
  )
}

function notice(text: string): void {
  setText('notice', text)
  byId('notice').hidden = text === ''
}

/** Shows who is signed in, and says whether somebody is, as far as can be told. */
async function showSession(): Promise<boolean> {
  const response = await fetch('/auth/session', { headers: { 'X-Holdfast': '1' } })
  if (!response.ok) {
    notice('Nobody can tell at the moment who you are. You stay signed in: ask again.')
    return true
  }
  notice('')
  const { session } = await response.json()
  if (session) setText('who', session.user.email)
  showParts(session ? 'signed-in' : 'signed-out', () => (session ? 'boxes-title' : 'welcome-title'))
  return session !== null
}

let wasBound = false
let timer: ReturnType<typeof setTimeout> | undefined

/**
 * Shows all there is. The browser binds a new session by itself, in a moment. With the next request after
 * that its cookie names the key: only then it may be copied, for a copy from before opens everything.
 */
async function show(): Promise<void> {
  const mayBeCopied = wasBound
  const isIn = await showSession()
  if (isIn) await showBoxes()
  const state: DemoState = await (await fetch('/demo')).json()
  showState(state)
  wasBound ||= state.isBound
  byId('steal').toggleAttribute('disabled', !mayBeCopied)
  clearTimeout(timer)
  if (isIn && !mayBeCopied) timer = setTimeout(() => attempt(show), PULSE)
}

/** The lines that run the app, with the one that binds sessions in bold. */
async function showSource(): Promise<void> {
  const source = await (await fetch('/app.mjs')).text()
  const parts = source.trimEnd().split(LINE)
  const texts = parts.flatMap((part, index) =>
    index === 0 ? [part] : [make('strong', LINE), part],
  )
  byId('source').replaceChildren(...texts)
}

const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
  end: () => post('/demo/end'),
  outage: () => post('/demo/outage'),
  steal: () => post('/demo/steal'),
  'sign-out': () => post('/auth/sign-out'),
}

/** What failed is shown, not thrown: the page has nobody above it. */
function attempt(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => notice(`The demo does not answer: ${String(error)}`))
}

onPress('do', (name) => {
  attempt(async () => {
    await deeds[name]?.()
    await show()
  })
})
attempt(show)
attempt(showSource)
