import type { Session } from 'holdfast'
import type { OidcUser } from 'holdfast/providers/oidc'
import { byId, make, mark, setText, showParts, timeOf } from '../../shared/dom.js'
import type { DemoState, Invoice, Known } from './api.js'
import { auth } from './client.js'

/** What the auth server calls its proofs. */
const PROOFS: Readonly<Record<string, string>> = {
  'urn:harbour:name': 'a name',
  'urn:harbour:code': 'a code',
}

let demo: DemoState | null = null
let known: Known | null = null
/** The life of the token, in ms, as it was when it came. */
let lifetime = 30_000
let shown = ''

function paintSession({ user, expiresAt, accessToken }: Session<OidcUser>): void {
  if (!user || shown === accessToken) return
  shown = accessToken
  lifetime = Math.max(1, expiresAt - Date.now())
  setText('who', String(user.name ?? user.id))
  setText('token', `…${accessToken.slice(-6)}`)
}

/** Shows who is signed in, and whether that is in doubt. */
export function paint(): void {
  const { status, session, error } = auth.getSnapshot()
  showParts(status, () => (status === 'signed-in' ? 'invoices-title' : 'welcome-title'))
  if (session) paintSession(session)
  // Somebody who is signed out may have an error too: it says why the session ended.
  const failing = error !== null && session !== null
  setText('status', failing ? 'signed in, trying again' : status.replace('-', ' '))
  byId('session').dataset.failing = String(failing)
  if (failing) {
    notice('Harbour ID cannot be reached. You stay signed in, and the page tries again.', 'outage')
  } else if (byId('notice').dataset.kind === 'outage') {
    notice('')
  }
  // An outage can be ended by whoever it keeps out.
  byId('server').hidden = status !== 'signed-in' && !demo?.down
}

/** Shows a line at the top of the page; an empty one hides it. */
export function notice(text: string, kind = 'plain'): void {
  const element = byId('notice')
  element.hidden = text === ''
  element.dataset.kind = kind
  setText('notice', text)
}

/** Shows what the server tells of the demo. */
export function paintDemo(next: DemoState): void {
  demo = next
  setText('exchanges', String(next.exchanges))
  mark('server', next.down ? 'down' : 'up')
  paint()
}

/** Shows what the API knows. */
export function paintKnown(next: Known): void {
  known = next
  setText('sub', next.sub)
  setText('proof', PROOFS[next.acr] ?? next.acr)
  setText('key', next.key ? `…${next.key.slice(-6)}` : 'none')
  tick()
}

/** Lets the ring run, and the proof grow old. */
export function tick(): void {
  const { session } = auth.getSnapshot()
  if (!session) return
  const left = Math.max(0, session.expiresAt - Date.now())
  setText('seconds', String(Math.ceil(left / 1000)))
  byId('arc').style.strokeDashoffset = String(100 - Math.min(100, (left / lifetime) * 100))
  if (known)
    setText('age', `${Math.max(0, Math.floor((Date.now() - known.authTime) / 1000))} s ago`)
}

/** A button that pays, or when that was done. */
function payment({ number, paidAt }: Invoice): HTMLElement {
  if (paidAt !== null) return make('span', `paid at ${timeOf(paidAt)}`)
  const button = make('button', 'Pay')
  button.setAttribute('type', 'button')
  button.dataset.pay = number
  return button
}

/** Shows invoices. */
export function paintInvoices(invoices: readonly Invoice[]): void {
  const rows = invoices.map((invoice) => {
    const row = document.createElement('tr')
    const last = document.createElement('td')
    last.append(payment(invoice))
    row.append(
      make('td', invoice.number),
      make('td', invoice.from),
      make('td', invoice.amount),
      last,
    )
    return row
  })
  byId('invoices').replaceChildren(...rows)
}
