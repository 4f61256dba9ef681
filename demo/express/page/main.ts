import { isAuthError } from 'holdfast'
import { byId, onPress, setText, timeOf } from '../../shared/dom.js'
import { tell } from '../../shared/line.js'
import { auth } from './client.js'
import { copyToken, type DemoState, look, refreshTwice, steal, wish } from './demo.js'
import { notice, paint, paintInvoices, paintState, tick } from './paint.js'

/** How often the page asks for what others did to the demo, in ms. */
const PULSE = 1_000

function describe(error: unknown): string {
  if (!isAuthError(error)) return String(error)
  return `${error.code}${error.serverCode ? `, “${error.serverCode}”` : ''}`
}

const show = async (state: Promise<DemoState>): Promise<void> => paintState(await state)

/** What failed is shown, not thrown: the page has nobody above it. */
function attempt(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => tell(describe(error), 'error'))
}

/** Asks the guarded route. */
async function ask(): Promise<void> {
  try {
    const response = await auth.fetch('/api/invoices')
    setText('answer', `answered ${response.status} at ${timeOf()}.`)
    if (response.ok) paintInvoices(await response.json())
  } catch (error) {
    setText('answer', `was not sent: ${describe(error)}.`)
  }
}

async function refresh(): Promise<void> {
  try {
    await auth.refreshSession()
    setText('owner-last', `Refreshed at ${timeOf()}: new tokens.`)
    byId('owner-last').className = ''
  } catch (error) {
    setText('owner-last', `Refresh at ${timeOf()}: ${describe(error)}.`)
    byId('owner-last').className = 'bad'
  }
  await show(look())
}

const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
  ask,
  refresh,
  'sign-out': () => auth.signOut(),
  copy: () => show(copyToken()),
  steal: () => show(steal()),
  async double() {
    setText('double', '…')
    setText('double', await refreshTwice())
  },
}

async function signIn(person: string): Promise<void> {
  await auth.signIn({ path: '/login', json: { person } })
  notice('')
  setText('owner-last', 'No refresh yet.')
  byId('owner-last').className = ''
  setText('double', '')
  await show(wish({ forget: true }))
}

onPress('do', (name, button) => {
  attempt(async () => {
    button.setAttribute('aria-busy', 'true')
    try {
      await deeds[name]?.()
    } finally {
      button.removeAttribute('aria-busy')
    }
  })
})
onPress('person', async (person, button) => {
  const problem = byId('sign-in-problem')
  problem.hidden = true
  button.removeAttribute('aria-describedby')
  try {
    await signIn(person)
  } catch (error) {
    setText('sign-in-problem', `Nobody was signed in: ${describe(error)}. Try again.`)
    problem.hidden = false
    button.setAttribute('aria-describedby', 'sign-in-problem')
  }
})
onPress('mode', (mode) => attempt(() => show(wish({ mode }))))
onPress('theft', (onTheft) => attempt(() => show(wish({ onTheft }))))

const REASONS: Readonly<Record<string, string>> = {
  'refresh-rejected': 'You were signed out: the server says that this session is over.',
  'subject-changed': 'You were signed out: the server knows somebody else by now.',
  'key-lost': 'You were signed out: the key of your session is gone from this browser.',
  'other-context': 'You signed out in another tab.',
}

auth.onAuthStateChange((event, session, detail) => {
  if (event === 'INITIAL_SESSION' && !session) return
  const reason = 'reason' in detail ? detail.reason : ''
  const failure = 'error' in detail ? `: ${describe(detail.error)}` : ''
  const origin = detail.origin === 'other-context' ? ' (in another tab)' : ''
  tell(`${event}${reason && `: ${reason}`}${failure}${origin}`, event)
  if (event === 'SIGNED_OUT') notice(REASONS[reason] ?? '')
  // The first use of new tokens tells the core that they have arrived.
  else if (session && event !== 'REFRESH_FAILED') attempt(ask)
})
auth.subscribe(paint)
paint()
setInterval(tick, 200)
setInterval(() => {
  // A server that is gone is no news each second.
  if (document.visibilityState === 'visible') show(look()).catch(() => {})
}, PULSE)
attempt(() => show(look()))
