import { isAuthError } from 'holdfast'
import { askWhoIAm, chosenStorage, createClient, type DemoClient, now, setSkew } from './client.js'
import { byId, check, onChoice, setText } from './dom.js'
import { tell } from './line.js'

let auth: DemoClient
let lifetime = 30_000

function describe(error: unknown): string {
  if (!isAuthError(error)) return String(error)
  return `${error.code}: ${error.message}${error.retryable ? ' (can be tried again)' : ''}`
}

function open(): void {
  auth = createClient(chosenStorage())
  auth.onAuthStateChange((event, session, detail) => {
    if (session && event !== 'REFRESH_FAILED') lifetime = Math.max(1, session.expiresAt - now())
    const reason = 'reason' in detail ? `, because: ${detail.reason}` : ''
    const failure = 'error' in detail && detail.error ? `, ${detail.error.code}` : ''
    const origin = detail.origin === 'other-context' ? ' (begun in another tab)' : ''
    tell(`${event}${reason}${failure}${origin}`, event)
  })
  auth.subscribe(paint)
  paint()
}

/** Another storage means another client; the old one leaves nothing behind. */
function reopen(): void {
  auth.dispose()
  open()
  check('storages', chosenStorage())
}

function paint(): void {
  const { status, session, error } = auth.getSnapshot()
  // Somebody who is signed out may have an error too: it says why the session ended.
  const failure = session ? error : null
  const user = session?.user
  const name = user?.userMetadata?.name
  setText('who-title', user ? String(name ?? user.email ?? user.id) : 'Nobody is signed in')
  setText('token', session ? `…${session.accessToken.slice(-6)}` : '–')
  setText('session-id', session?.sessionId ? `${session.sessionId.slice(0, 8)}…` : '–')
  setText(
    'state',
    status === 'loading'
      ? 'Reading storage'
      : failure
        ? `Signed in; the refresh fails (${failure.code}) and is being tried again`
        : status === 'signed-in'
          ? 'Signed in'
          : 'Signed out',
  )
  document.body.dataset.status = failure ? 'failing' : status
  byId('sign-in').hidden = status === 'signed-in'
  byId('signed-in').hidden = status !== 'signed-in'
}

function tick(): void {
  const { session } = auth.getSnapshot()
  const left = session ? Math.max(0, session.expiresAt - now()) : 0
  setText('seconds', session ? String(Math.ceil(left / 1000)) : '–')
  byId('arc').style.strokeDashoffset = String(100 - Math.min(100, (left / lifetime) * 100))
}

async function status(): Promise<void> {
  const answer = await fetch('/demo/status')
  const { refreshes, mode } = await answer.json()
  setText('refreshes', String(refreshes))
  check('modes', mode)
}

async function control(wish: Record<string, string>): Promise<void> {
  await fetch('/demo/control', { method: 'POST', body: JSON.stringify(wish) })
}

/** Signs a second session in behind the client's back, and gives its refresh token. */
async function tokenHeldElsewhere(): Promise<string> {
  const answer = await fetch('/auth/v1/token?grant_type=password', {
    method: 'POST',
    body: JSON.stringify({ email: 'grace@example.com', password: 'correct horse' }),
  })
  const { refresh_token } = await answer.json()
  return String(refresh_token)
}

const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
  refresh: () => auth.refreshSession(),
  async ask() {
    const session = await auth.getSession()
    tell(
      session
        ? `getSession() answered …${session.accessToken.slice(-6)}`
        : 'getSession() answered null',
    )
  },
  async api() {
    tell(`The API knows ${await askWhoIAm(auth)}`)
  },
  async foreign() {
    await auth.refreshSession(await tokenHeldElsewhere())
  },
  'sign-out': () => auth.signOut(),
  async revoke() {
    const { session } = auth.getSnapshot()
    if (!session?.sessionId) return tell('There is no session to revoke')
    await control({ revoke: session.sessionId })
    tell('The server has revoked this session; the next refresh will hear of it')
  },
}

/** What failed is shown, not thrown: the page has nobody above it. */
function attempt(work: () => Promise<unknown>): void {
  work().catch((error: unknown) => tell(describe(error), 'error'))
}

for (const button of document.querySelectorAll<HTMLElement>('[data-do]')) {
  const deed = deeds[button.dataset.do ?? '']
  if (deed) button.addEventListener('click', () => attempt(deed))
}
byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault()
  if (!(event.target instanceof HTMLFormElement)) return
  const form = new FormData(event.target)
  attempt(() =>
    auth.signIn({ email: String(form.get('email')), password: String(form.get('password')) }),
  )
})
onChoice('modes', (mode) => attempt(() => control({ mode })))
onChoice('clocks', (ms) => {
  setSkew(Number(ms))
  tell(`This device’s clock now says ${new Date(now()).toLocaleString('en-GB')}`)
  // Browsers tell nobody that the clock was set: the next call finds out, and this is one.
  attempt(() => auth.getSession())
})
onChoice('storages', (name) => {
  localStorage.setItem('demo.storage', name)
  reopen()
  tell(`The session now lies in ${name}`)
})
window.addEventListener('storage', ({ key }) => {
  if (key === 'demo.storage') reopen()
})

check('storages', chosenStorage())
open()
setInterval(tick, 200)
setInterval(() => attempt(status), 1_000)
attempt(status)
