import { isAuthError } from '../../core/errors.js'
import type { CallOptions, RequestContext, SignInResult } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { checkOptions } from '../shared/options.js'
import { invalid, parseUrl } from '../shared/url.js'
import { areaOf, type OidcClient } from './area.js'
import { stepError } from './errors.js'
import { keptIn } from './grants.js'
import { answerIn } from './hand-back.js'
import { subjectChanged } from './tokens.js'
import type { OidcBegin, OidcRenewal, OidcStayOptions, OidcUser } from './types.js'

export { handBack } from './hand-back.js'

/**
 * Loads an address in a frame that nobody sees. Resolves to the fields of the answer with this state; a
 * server that shows a page there never answers, and the signal then ends the wait.
 */
export type OidcFrame = (
  url: string,
  source: { readonly state: string; readonly signal: RequestContext['signal'] },
) => Promise<ReadonlyMap<string, string>>

/** Options of `silentSignIn` and `silentRenewal`. */
export interface SilentOptions {
  /** @default an iframe of the page that this runs in */
  readonly frame?: OidcFrame | undefined
}

/** What a page in the frame may do: run, and send forms on; not lead this page away. */
const SANDBOX = 'allow-forms allow-same-origin allow-scripts'

const iframe: OidcFrame = async (url, { state, signal }) => {
  const { document } = globalThis
  if (!document?.body) return invalid('A silent sign-in needs a page: pass no `renewal` elsewhere.')
  const frame = document.createElement('iframe')
  frame.hidden = true
  frame.setAttribute('sandbox', SANDBOX)
  frame.src = url
  let end = (): void => {}
  const answer = new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
    const hear = ({ data, origin, source }: MessageEvent): void => {
      const own = origin === location.origin && source === frame.contentWindow
      const fields = own ? answerIn(data, state) : null
      if (fields) resolve(fields)
    }
    const stop = (): void => reject(signal.reason)
    end = () => {
      removeEventListener('message', hear)
      signal.removeEventListener('abort', stop)
      frame.remove()
    }
    signal.addEventListener('abort', stop)
    addEventListener('message', hear)
    document.body.append(frame)
  })
  return answer.finally(() => end())
}

/** The last two names of a host, which is near enough for a hint. */
const siteOf = (url: string): string => parseUrl(url).hostname.split('.').slice(-2).join('.')

/** Why a server may not know in a frame who is signed in there. */
function hintFor(url: string): string {
  const here = globalThis.location?.href
  return here?.startsWith('http') && siteOf(here) !== siteOf(url)
    ? 'The server says that nobody is signed in there. It is of another site than this page, and browsers keep the cookies of other sites out of frames: sign in by a redirect or in a popup.'
    : 'The server says that nobody is signed in there. Right after a sign-in, the browser keeps its cookies out of frames: sign in by a redirect or in a popup.'
}

/** Asks the server in a frame, which answers at once or not at all. */
async function ask(
  begin: OidcBegin,
  given: OidcStayOptions,
  { context, frame }: { readonly context: RequestContext; readonly frame: OidcFrame },
): Promise<Grant<OidcUser>> {
  const begun = await begin({ ...given, prompt: 'none' }, { context, carrier: 'frame' })
  const { url, state } = begun
  const answer = await frame(url, { state, signal: context.signal })
  try {
    return await begun.redeem(answer, context)
  } catch (error) {
    const step = 'login_required'
    const alone = isAuthError(error, 'step_required') && error.serverCode === step
    throw alone ? stepError({ step }, hintFor(url)) : error
  }
}

function frameOf(name: string, options: SilentOptions): OidcFrame {
  checkOptions(name, options, { frame: 'function' })
  return options.frame ?? iframe
}

/**
 * Signs in whoever is signed in at the server, in a frame that nobody sees: `SIGNED_IN`. It takes the
 * client's `requestTimeout` at the most. The page of the redirect URI has to call `handBack`, and must
 * let its own origin frame it.
 * @throws AuthError `step_required` where the person has to be asked (`login_required`,
 *   `interaction_required`, `consent_required`), or where the browser keeps cookies out of frames;
 *   `timeout` where the server shows a page there; `invalid_argument` for anything but a client of
 *   `oidc()`; and as `handleRedirect` does.
 */
export async function silentSignIn(
  auth: OidcClient,
  options: OidcStayOptions & SilentOptions = {},
  call?: CallOptions,
): Promise<SignInResult<OidcUser>> {
  const { host, begin } = areaOf('silentSignIn', auth)
  const { frame, ...given } = options
  const asked = { frame: frameOf('silentSignIn', { frame }) }
  return host.signIn((context) => ask(begin, given, { context, ...asked }), call)
}

/**
 * For the option `renewal` of `oidc`: gets the next tokens of a session that has no refresh token in a
 * frame that nobody sees, near the end of its access token or by `refreshSession()`, one for all tabs.
 * Where the server wants the person to be asked, that is `step_required`, and the session stays. Where
 * somebody else is signed in there by now, the session ends with the reason `subject-changed`.
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function silentRenewal(options: SilentOptions = {}): OidcRenewal {
  const frame = frameOf('silentRenewal', options)
  return async (begin, context) => {
    const { session, audience, scope } = context
    if (!session) return invalid('Only the session itself can be renewed in a frame.')
    const before = keptIn(session)
    const { resource = before.resource } = context
    const grant = await ask(begin, { resource, audience, scope }, { context, frame })
    const { subject } = keptIn(grant)
    const same = before.subject
      ? subject === before.subject
      : grant.user && grant.user.id === session.user?.id
    if (!same) throw subjectChanged()
    return grant
  }
}
