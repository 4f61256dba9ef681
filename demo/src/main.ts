import { isAuthError } from 'holdfast'
import { showDevtools } from 'holdfast/devtools'
import { byId, check, onChoice, onPress, setText } from '../shared/dom.js'
import { api, auth, options } from './auth.js'
import { chooseStorage, chosenStorage, now, onOtherTab, setSkew, skew } from './breakable.js'
import { tell } from './line.js'
import { noteEnd, paint, tick } from './paint.js'
import { control, look, tokenOfAnotherDevice } from './server.js'
import { runSignInForm } from './sign-in-form.js'

/** Where the focus goes after the reload that a choice of storage needs. */
const CAME_FROM = 'demo.came-from'

function describe(error: unknown): string {
  if (!isAuthError(error)) return String(error)
  return `${error.code}: ${error.message}${error.retryable ? ' (can be tried again)' : ''}`
}

const deeds: Readonly<Record<string, () => Promise<unknown>>> = {
  refresh: () => auth.refreshSession(),
  async ask() {
    const session = await auth.getSession()
    const token = session && `…${session.accessToken.slice(-6)}`
    tell(token ? `getSession() answered ${token}` : 'getSession() answered null')
  },
  async api() {
    const answer = await api.get('me', { throwHttpErrors: false })
    const { name, message } = await answer.json<{ name?: string; message?: string }>()
    tell(answer.ok ? `The API knows ${name}` : `The API answered ${answer.status}: ${message}`)
  },
  async foreign() {
    await auth.refreshSession(await tokenOfAnotherDevice())
    tell('Grace was signed in on another device; her refresh token makes her session current here')
  },
  'sign-out': () => auth.signOut(),
  async revoke() {
    const { session } = auth.getSnapshot()
    if (!session?.sessionId) return tell('There is no session to end')
    await control({ revoke: session.sessionId })
    tell('The server has ended this session; the next refresh will be told so')
    noteEnd()
  },
}

/** Does what a button is for; what failed is said beside it, and in the time line. */
async function attempt(deed: () => Promise<unknown>, button?: HTMLElement): Promise<void> {
  byId('problem').hidden = true
  button?.setAttribute('aria-busy', 'true')
  try {
    await deed()
  } catch (error) {
    setText('problem', describe(error))
    byId('problem').hidden = false
    tell(describe(error), 'error')
  } finally {
    button?.removeAttribute('aria-busy')
  }
}

async function showServer(): Promise<void> {
  const { refreshes, mode } = await look()
  setText('refreshes', String(refreshes))
  check('modes', mode)
}

/** Takes over what the device's clock says. Browsers tell nobody that it was set: the next call finds out. */
function followClock(): void {
  check('clocks', String(skew()))
  tick()
  auth.getSession().catch((error: unknown) => tell(describe(error), 'error'))
}

function runControls(): void {
  onPress('do', (name, button) => {
    const deed = deeds[name]
    if (deed) attempt(deed, button)
  })
  onChoice('modes', (mode) => attempt(() => control({ mode })))
  onChoice('clocks', (ms) => {
    setSkew(Number(ms))
    tell(`This device’s clock now says ${new Date(now()).toLocaleString('en-GB')}`)
    followClock()
  })
  onChoice('storages', (name) => {
    tell(`The session is kept in ${name} from now on: every tab loads again`)
    chooseStorage(name)
    sessionStorage.setItem(CAME_FROM, 'storages')
    location.reload()
  })
  onOtherTab({ clock: followClock, storage: () => location.reload() })
  check('clocks', String(skew()))
  check('storages', chosenStorage())
}

function restoreFocus(): void {
  const id = sessionStorage.getItem(CAME_FROM)
  sessionStorage.removeItem(CAME_FROM)
  if (id) byId(id).querySelector<HTMLElement>(':checked')?.focus()
}

auth.onAuthStateChange((event, _session, detail) => {
  const reason = 'reason' in detail ? `, because: ${detail.reason}` : ''
  const failure = 'error' in detail && detail.error ? `, ${detail.error.code}` : ''
  const origin = detail.origin === 'other-context' ? ' (begun in another tab)' : ''
  tell(`${event}${reason}${failure}${origin}`, event)
})
auth.subscribe(paint)
paint()
runSignInForm()
runControls()
restoreFocus()
showDevtools(auth, { options })
setInterval(tick, 200)
setInterval(() => showServer().catch(() => {}), 1_000)
showServer().catch(() => {})
