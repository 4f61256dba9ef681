import { isAuthError } from 'holdfast'
import { stepOf } from 'holdfast/providers/oidc'
import { byId, leaveFor, onPress, setText, timeOf } from '../../shared/dom.js'
import { tell } from '../../shared/line.js'
import { type DemoState, listInvoices, look, pay, setDown, whoAmI } from './api.js'
import { auth } from './client.js'
import { notice, paint, paintDemo, paintInvoices, paintKnown, tick } from './paint.js'

/** How often the page asks for what others did to the demo, in ms. */
const PULSE = 1_000

function describe(error: unknown): string {
  if (!isAuthError(error)) return String(error)
  return `${error.code}${error.serverCode ? `, “${error.serverCode}”` : ''}`
}

/** What failed is shown, not thrown: the page has nobody above it. */
function attempt(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => tell(describe(error), 'error'))
}

const show = async (state: Promise<DemoState>): Promise<void> => paintDemo(await state)

/** Asks the API. */
async function ask(): Promise<void> {
  try {
    const [invoices, known] = [await listInvoices(), await whoAmI()]
    paintInvoices(invoices)
    paintKnown(known)
    setText('answer', `answered at ${timeOf()}.`)
  } catch (error) {
    setText('answer', `was not asked, or did not answer: ${describe(error)}.`)
  }
}

/** Pays; where the API wants a fresh proof first, the person goes for it and comes back to pay. */
async function payFor(number: string, cameBack = false): Promise<void> {
  try {
    const { from, amount } = await pay(number)
    notice(`Paid: ${amount} to ${from}.`, 'good')
    tell(`The API took the payment of ${number}`)
    await ask()
  } catch (error) {
    const step = stepOf(error)
    // Who comes back with a proof is not sent away again.
    if (!step || cameBack) throw error
    leaveFor(await auth.actions.signInUrl({ ...step, state: number }))
  }
}

/** Forgets the session in all tabs at once, and asks the auth server to do so too. */
async function signOut(): Promise<void> {
  const home = `${location.origin}/`
  // Without a token that works nobody can be asked: signing out here works all the same.
  const address = await auth.actions.signOutUrl({ postLogoutRedirectUri: home }).catch(() => home)
  await auth.signOut()
  leaveFor(address)
}

async function signIn(button: HTMLElement): Promise<void> {
  const problem = byId('sign-in-problem')
  problem.hidden = true
  button.removeAttribute('aria-describedby')
  try {
    leaveFor(await auth.actions.signInUrl())
  } catch (error) {
    setText('sign-in-problem', `Harbour ID cannot be asked: ${describe(error)}. Try again.`)
    problem.hidden = false
    button.setAttribute('aria-describedby', 'sign-in-problem')
  }
}

const deeds: Readonly<Record<string, (button: HTMLElement) => Promise<unknown>>> = {
  'sign-in': signIn,
  'sign-out': signOut,
  ask,
  refresh: async () => {
    await auth.refreshSession()
    await show(look())
  },
}

const REASONS: Readonly<Record<string, string>> = {
  'refresh-rejected': 'You were signed out: the auth server says that this session is over.',
  'other-context': 'You signed out in another tab.',
}

/** What to tell somebody of a failure: what an address says, anybody can have written. */
function wordsFor(error: unknown): string {
  if (!isAuthError(error)) return String(error)
  return error.serverCode === 'access_denied' ? 'You said no.' : error.message
}

/** Finishes what a redirect began: a sign-in, or the proof that a payment wanted. */
async function comeBack(): Promise<void> {
  try {
    const back = await auth.actions.handleRedirect()
    if (back?.state) await payFor(back.state, true)
  } catch (error) {
    const { session } = auth.getSnapshot()
    const still = session ? 'Nothing was paid. You are still signed in.' : 'You are not signed in.'
    notice(`${wordsFor(error)} ${still}`)
    tell(describe(error), 'error')
  }
}

auth.onAuthStateChange((event, session, detail) => {
  if (event === 'INITIAL_SESSION' && !session) return
  const reason = 'reason' in detail ? detail.reason : ''
  const failure = 'error' in detail && detail.error ? `: ${describe(detail.error)}` : ''
  const origin = detail.origin === 'other-context' ? ' (in another tab)' : ''
  tell(`${event}${reason && `: ${reason}`}${failure}${origin}`, event)
  if (event === 'SIGNED_OUT') notice(REASONS[reason] ?? '')
  else if (session && event !== 'REFRESH_FAILED') attempt(ask)
})

onPress('do', (name, button) => {
  attempt(async () => {
    button.setAttribute('aria-busy', 'true')
    try {
      await deeds[name]?.(button)
    } finally {
      button.removeAttribute('aria-busy')
    }
  })
})
onPress('server', (word) => attempt(() => show(setDown(word === 'down'))))
document.getElementById('invoices')?.addEventListener('click', ({ target }) => {
  const number = target instanceof HTMLButtonElement ? target.dataset.pay : undefined
  if (number) attempt(() => payFor(number))
})

auth.subscribe(paint)
paint()
attempt(comeBack)
setInterval(tick, 200)
setInterval(() => {
  // A server that is gone is no news each second.
  if (document.visibilityState === 'visible') show(look()).catch(() => {})
}, PULSE)
attempt(() => show(look()))
