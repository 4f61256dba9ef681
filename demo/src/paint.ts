import { byId, setText, showParts } from '../shared/dom.js'
import { auth } from './auth.js'
import { now } from './breakable.js'

const SHORT = { dateStyle: 'medium', timeStyle: 'medium' } as const

/** The life of the token that is shown, in ms, as it was when it came. */
let lifetime = 30_000
let shown = ''
/** When the newest access token runs out, in ms by this device's clock. */
let runsUntil = 0
/** Whether the server ended the session, as far as this page was told. */
let ended = false

/** Remembers that the server has ended the session, of which its access token knows nothing. */
export function noteEnd(): void {
  ended = true
  tick()
}

function paintSession(): void {
  const { session } = auth.getSnapshot()
  if (session && session.accessToken !== shown) {
    shown = session.accessToken
    lifetime = Math.max(1, session.expiresAt - now())
    runsUntil = session.expiresAt
    ended = false
  }
  const user = session?.user
  const name = user?.userMetadata?.name
  setText('who-title', user ? String(name ?? user.email ?? user.id) : 'Nobody is signed in')
  setText('token', session ? `…${session.accessToken.slice(-6)}` : '–')
  setText('session-id', session?.sessionId ? `${session.sessionId.slice(0, 8)}…` : '–')
}

/** Shows who is signed in, and whether that is in doubt. */
export function paint(): void {
  const { status, session, error } = auth.getSnapshot()
  // Somebody who is signed out may have an error too: it says why the session ended.
  const failure = session ? error : null
  paintSession()
  setText(
    'state',
    status === 'loading'
      ? 'Reading storage'
      : failure
        ? `Signed in; the refresh fails (${failure.code}) and is tried again`
        : status === 'signed-in'
          ? 'Signed in'
          : 'Signed out',
  )
  byId('session').dataset.failing = String(failure !== null)
  showParts(status, () => 'who-title')
  tick()
}

const seconds = (ms: number): string => (ms > 1000 ? `${Math.ceil(ms / 1000)} seconds` : '1 second')

/** Lets the ring and the clock run. */
export function tick(): void {
  const { status, session } = auth.getSnapshot()
  const left = session ? Math.max(0, session.expiresAt - now()) : 0
  setText('clock', new Date(now()).toLocaleString('en-GB', SHORT))
  setText('seconds', session ? String(Math.ceil(left / 1000)) : '–')
  byId('arc').style.strokeDashoffset = String(100 - Math.min(100, (left / lifetime) * 100))
  const running = runsUntil - now()
  const isOver = ended || (status === 'signed-out' && shown !== '')
  byId('still').hidden = !isOver || running <= 0
  if (isOver && running > 0) {
    setText(
      'still',
      `The session is over, but its access token still runs for ${seconds(running)}: an API that checks only the signature takes it until then.`,
    )
  }
}
