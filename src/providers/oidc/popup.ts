import { AuthError } from '../../core/errors.js'
import { guardAll } from '../../core/guarded.js'
import type { Signal } from '../../core/ports.js'
import type { CallOptions, SignInResult } from '../../core/provider.js'
import { checkOptions } from '../shared/options.js'
import { invalid } from '../shared/url.js'
import { areaOf, type OidcClient } from './area.js'
import { checked } from './authorize.js'
import { beginSignIn, redeemAnswer } from './begin.js'
import { answerIn, openChannel } from './hand-back.js'
import type { OidcStayOptions, OidcUser } from './types.js'

export { handBack } from './hand-back.js'

/** A window that was opened. */
export interface PopupWindow {
  readonly closed: boolean
  readonly location: { replace(url: string): void }
  close(): void
}

/** What a popup needs of the page that opens it. */
export interface PopupPage {
  /** Opens an empty window at once; `null` where the browser does not let it. */
  open(features: string): PopupWindow | null
  /**
   * Hears what pages of this origin say, until it is told to stop. `from` is the window that said it,
   * or `null` where that cannot be known.
   */
  hear(heard: (said: unknown, from: unknown) => void): () => void
  /** Whether this page has the person's attention. */
  hasFocus(): boolean
  /** Runs `task` after `delay` ms; returns its cancellation. */
  schedule(delay: number, task: () => void): () => void
}

/** Options of `popup`. */
export interface PopupOptions {
  /** How the window looks, as `window.open` takes it. @default 'popup,width=480,height=720' */
  readonly features?: string | undefined
  /** How long somebody may take, in ms. @default 600_000 */
  readonly timeout?: number | undefined
  /** @default the page that this runs in */
  readonly page?: PopupPage | undefined
}

/** Sign-ins in a window of their own. */
export interface Popup {
  /**
   * Opens a window and signs in whoever signs in there: `SIGNED_IN`. Call it in the handler of a click,
   * before anything is awaited: browsers block other windows. Several may be open at once.
   * @throws AuthError `rejected` with the `serverCode` `popup_blocked`; `aborted` with `popup_closed`
   *   where somebody closed the window; `timeout`; and as `handleRedirect` does.
   */
  signIn(options?: OidcStayOptions, call?: CallOptions): Promise<SignInResult<OidcUser>>
}

/** How often is looked whether somebody has closed the window, in ms: no event tells. */
const LOOK = 500
/** How often the window must look closed: where the page had lost the person's attention to it, … */
const SURE = 2
/** … and where it never had, as in browsers without a screen, in which every page believes to have it. */
const UNSURE = 40
/** Timers that are longer fire at once, in ms (HTML §8.7). */
const LONGEST = 2 ** 31

const thisPage: PopupPage = {
  open: (features) => globalThis.open?.('', '_blank', features) ?? null,
  hear(heard) {
    const onMessage = ({ data, origin, source }: MessageEvent): void => {
      if (origin === location.origin) heard(data, source)
    }
    const channel = openChannel()
    if (channel) channel.onmessage = ({ data }) => heard(data, null)
    addEventListener('message', onMessage)
    return () => {
      removeEventListener('message', onMessage)
      channel?.close()
    }
  },
  hasFocus: () => document.hasFocus(),
  schedule(delay, task) {
    const timer = setTimeout(task, delay)
    return () => clearTimeout(timer)
  },
}

/** What is waited for, and what ends the wait. */
interface Wait {
  readonly state: string
  readonly page: PopupPage
  readonly timeout: number
  readonly signal: Signal | undefined
  /** Rejects once the client was disposed of. */
  alive(): Promise<unknown>
}

const aborted = ({ reason }: Signal): AuthError =>
  new AuthError('aborted', 'The caller aborted the call.', { cause: reason })

const late = (): AuthError => new AuthError('timeout', 'Nobody has signed in within the time.')

const closed = (): AuthError =>
  new AuthError('aborted', 'The window was closed before anybody had signed in.', {
    serverCode: 'popup_closed',
  })

/** Looks whether somebody has closed the window, until it is told to stop. */
function watch(
  opened: PopupWindow,
  { page, alive }: Wait,
  tell: (error: unknown) => void,
): () => void {
  /** How many times in a row the window was gone, and the person here. */
  let gone = 0
  let enough = UNSURE
  const look = (): void => {
    // A window whose server cut it off (Cross-Origin-Opener-Policy) looks closed, but has the
    // person's attention. And what a window says as it closes may come after it is gone.
    const here = page.hasFocus()
    if (!here) enough = SURE
    gone = opened.closed && here ? gone + 1 : 0
    if (gone >= enough) tell(closed())
    alive().catch(tell)
    cancel = page.schedule(LOOK, look)
  }
  let cancel = page.schedule(LOOK, look)
  return () => cancel()
}

/** Waits for the answer that the window's callback page hands back. */
function answerOf(opened: PopupWindow, wait: Wait): Promise<ReadonlyMap<string, string>> {
  const { state, page, timeout, signal } = wait
  const ends: (() => void)[] = []
  const answer = new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
    const hear = page.hear((said, from) => {
      const fields = from === null || from === opened ? answerIn(said, state) : null
      if (fields) resolve(fields)
    })
    ends.push(
      hear,
      page.schedule(timeout, () => reject(late())),
      watch(opened, wait, reject),
    )
    if (!signal) return
    const onAbort = (): void => reject(aborted(signal))
    signal.addEventListener('abort', onAbort)
    ends.push(() => signal.removeEventListener('abort', onAbort))
  })
  return answer.finally(() => {
    for (const end of ends) end()
  })
}

/**
 * Sign-ins in a window, for a client of `oidc()`. The page of the redirect URI has to call `handBack`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 * import { popup } from 'holdfast/providers/oidc/popup'
 *
 * const redirectUri = 'https://app.example/callback' // whose page calls handBack()
 * const provider = oidc({ issuer: 'https://id.example', clientId: 'my-app', redirectUri })
 * const auth = new AuthClient({ provider })
 * await popup(auth).signIn() // in the handler of a click, before anything is awaited
 * ```
 * @throws AuthError `invalid_argument` for anything else.
 */
export function popup(auth: OidcClient, options: PopupOptions = {}): Popup {
  const { host, tokens } = areaOf('popup', auth)
  checkOptions('popup', options, { features: 'string', timeout: 'number', page: 'object' })
  const { features = 'popup,width=480,height=720', timeout = 600_000, page = thisPage } = options
  if (!(timeout > 0 && timeout < LONGEST))
    invalid('`timeout` must be a number of ms, of three weeks at the most.')
  return guardAll({
    async signIn(given = {}, call) {
      const signal = call?.signal
      if (signal?.aborted) throw aborted(signal)
      // Before anything is awaited: only then the browser sees that a click asked for it.
      const opened = page.open(features)
      if (!opened || opened.closed) {
        throw new AuthError('rejected', 'The browser blocked the window: open it in a click.', {
          serverCode: 'popup_blocked',
        })
      }
      try {
        const begun = await host.request(
          (context) =>
            beginSignIn(tokens, checked(given), { context, carrier: 'popup', crypto: host.crypto }),
          call,
        )
        opened.location.replace(begun.url)
        const alive = () => host.request(async () => {})
        const wait = { state: begun.kept.id, page, timeout, signal, alive }
        const query = await answerOf(opened, wait)
        return await host.signIn((context) => redeemAnswer(tokens, begun, { query, context }), call)
      } finally {
        opened.close()
      }
    },
  })
}
