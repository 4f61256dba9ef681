import type { Session } from 'holdfast'
import type { SuperTokensUser } from 'holdfast/providers/supertokens'
import { byId, make, mark, setText, showParts } from '../../shared/dom.js'
import { auth } from './client.js'
import type { DemoState, Thief } from './demo.js'

const COPIES: Readonly<Record<Thief['copy'], string>> = {
  good: 'The thief’s token is as good as yours. Refresh as the owner, and it is replaced.',
  replayed:
    'The thief’s token was traded a moment ago: for two seconds it still gets the same new ones.',
  replaced: 'The thief’s token has been replaced. Whoever shows it now is found out.',
  gone: 'The thief has no token any more.',
  over: 'The session is over, for both.',
}

let demo: DemoState | null = null
/** The life of the token, in ms, as it was when it came. */
let lifetime = 30_000
let shown = ''

/** What the page knows of the token, with its digests cut short. */
const describe = (user: SuperTokensUser): string =>
  JSON.stringify(
    user.payload,
    (key, value) => (/Hash/.test(key) && value ? `${String(value).slice(0, 8)}…` : value),
    2,
  )

function paintSession({
  user,
  expiresAt,
  accessToken,
  sessionId = '',
}: Session<SuperTokensUser>): void {
  if (!user || shown === accessToken) return
  shown = accessToken
  lifetime = Math.max(1, expiresAt - Date.now())
  setText('who', String(user.payload.name ?? user.id))
  setText('role', String(user.payload.role ?? '–'))
  setText('handle', `…${sessionId.slice(-8)}`)
  setText('payload', describe(user))
}

/** Shows who is signed in, and whether that is in doubt. */
export function paint(): void {
  const { status, session, error } = auth.getSnapshot()
  showParts(status, () => (status === 'signed-in' ? 'invoices-title' : 'welcome-title'))
  if (session) paintSession(session)
  // Somebody who is signed out may have an error too: it says why the session ended.
  const failing = error !== null && session !== null
  const words = failing ? 'signed in, trying again' : status.replace('-', ' ')
  setText('status', words)
  setText('owner-state', words)
  setText('owner-face', session ? '✓' : '–')
  byId('session').dataset.failing = String(failing)
  if (failing) {
    tellOutage()
  } else if (byId('notice').dataset.kind === 'outage') {
    notice('')
  }
  paintDemo()
}

const tellOutage = (): void =>
  notice('The core cannot be reached. You stay signed in, and the page tries again.', 'outage')

/** Shows a line at the top of the page; an empty one hides it. */
export function notice(text: string, kind = 'plain'): void {
  const element = byId('notice')
  element.hidden = text === ''
  element.dataset.kind = kind
  setText('notice', text)
}

/** What is to be said of the token that the thief has. */
function wordsOf({ copy, last }: Thief, onTheft: string): string {
  if (copy === 'good' && last?.status === 200) {
    return 'The thief went first. Once these new tokens were used, your next refresh finds it out.'
  }
  const goesOn = copy === 'gone' && onTheft === 'report' && last?.status === 401
  return goesOn ? `${COPIES.gone} The owner goes on.` : COPIES[copy]
}

/** What a token still opens once its session is over: routes that ask nobody, as it is not checked there. */
function paintRest(isOver: boolean): void {
  const { session } = auth.getSnapshot()
  const left = session ? Math.ceil((session.expiresAt - Date.now()) / 1000) : 0
  byId('still').hidden = !isOver || left <= 0
  const words = `The session is over, but its access token still runs for ${left} s: routes behind verifySession() take it until then.`
  if (isOver && left > 0) setText('still', words)
}

function paintThief({ thief, onTheft }: DemoState): void {
  const { name, last, copy = 'gone' } = thief ?? {}
  const holds = copy === 'gone' || copy === 'over' ? 'has nothing of use' : `has a token of ${name}`
  setText('thief-state', thief ? holds : 'has nothing')
  const lost = last && last.cleared.length > 0 ? `, and lost ${last.cleared.join(' and ')}` : ''
  setText(
    'thief-last',
    last ? `Got ${last.status}, “${last.message}”${lost}.` : 'Has not tried yet.',
  )
  byId('thief-last').className = last?.status === 401 ? 'bad' : ''
  paintRest(copy === 'over')
  setText('copy', thief ? wordsOf(thief, onTheft) : '')
  byId('copy').hidden = thief === null
  const steal = document.querySelector<HTMLButtonElement>('[data-do=steal]')
  if (steal) steal.disabled = thief === null || copy === 'gone'
}

function paintDemo(): void {
  if (!demo) return
  const { status } = auth.getSnapshot()
  setText('exchanges', String(demo.exchanges))
  setText('thefts', String(demo.thefts))
  mark('mode', demo.mode)
  mark('theft', demo.onTheft)
  byId('core').hidden = status !== 'signed-in' && demo.mode === 'up'
  byId('theft').hidden = status !== 'signed-in' && demo.thief === null
  paintThief(demo)
}

/** Shows what the server tells of the demo. */
export function paintState(next: DemoState): void {
  demo = next
  paintDemo()
}

/** Lets the ring run. */
export function tick(): void {
  const { session } = auth.getSnapshot()
  if (!session) return
  const left = Math.max(0, session.expiresAt - Date.now())
  setText('seconds', String(Math.ceil(left / 1000)))
  byId('arc').style.strokeDashoffset = String(100 - Math.min(100, (left / lifetime) * 100))
}

/** Shows invoices. */
export function paintInvoices(invoices: readonly Readonly<Record<string, string>>[]): void {
  const rows = invoices.map(({ number = '', from = '', amount = '' }) => {
    const row = document.createElement('tr')
    row.append(make('td', number), make('td', from), make('td', amount))
    return row
  })
  byId('invoices').replaceChildren(...rows)
}
