import { AuthError, isAuthError } from '../../core/errors.js'
import type {
  CallOptions,
  RefreshContext,
  RequestContext,
  SignInResult,
} from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { checkOptions } from '../shared/options.js'
import { base64url } from '../shared/pkce.js'
import { invalid, parseUrl } from '../shared/url.js'
import { type Area, areaOf, type OidcClient } from './area.js'
import { checked } from './authorize.js'
import { beginSignIn, redeemAnswer } from './begin.js'
import { stepError } from './errors.js'
import { keptIn, textsIn } from './grants.js'
import { answerIn } from './hand-back.js'
import type { OidcProvider } from './index.js'
import { isMark, MARK, subjectChanged, type Tokens } from './tokens.js'
import type { OidcStayOptions, OidcUser } from './types.js'

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

/** Options of `silentRenewal`. */
export interface SilentRenewalOptions extends SilentOptions {
  /**
   * Whether the server is told by the session's id token whose it is (OIDC Core §3.1.2.1), where several people
   * are signed in at it, or it wants that. Addresses are longer then, and logs of the server may hold it.
   * @default false
   */
  readonly idTokenHint?: boolean | undefined
}

/** What a page in the frame may do: run, and send forms on; not lead this page away. */
const SANDBOX = 'allow-forms allow-same-origin allow-scripts'

const iframe: OidcFrame = async (url, { state, signal }) => {
  if (signal.aborted) throw signal.reason
  const { document } = globalThis
  // No refusal, after which all contexts would leave a session alone for long: pages can renew it.
  if (!document?.body) throw new AuthError('timeout', 'A silent sign-in needs a page.')
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

/** The site of a host, near enough for a hint: who may have names below `co.uk` and its like, lists know. */
const siteOf = (url: string): string => {
  const labels = parseUrl(url).hostname.split('.')
  const isShared = /^(com?|org?|net?|gov?|edu|ac)\.\w\w$/.test(labels.slice(-2).join('.'))
  return labels.slice(isShared ? -3 : -2).join('.')
}

/** Why a server may not know in a frame who is signed in there, and what to do. `said`: what came of it. */
function hintFor(url: string, said: string): string {
  const here = globalThis.location?.href
  const other = here?.startsWith('http') && siteOf(here) !== siteOf(url)
  const why = other
    ? 'It is of another site than this page, whose cookies browsers keep out of frames'
    : 'Right after a sign-in, that means that its cookies are kept out of frames'
  return `${said} ${why}: sign in by a redirect or a popup.`
}

const NOBODY = 'The server says in the frame that nobody is signed in.'
const NOTHING = 'The server has not answered in the frame: it may show a page there.'

/** Asks the server in a frame, which answers at once or not at all. */
async function ask(
  tokens: Tokens,
  given: OidcStayOptions,
  { context, frame }: { readonly context: RequestContext; readonly frame: OidcFrame },
): Promise<Grant<OidcUser>> {
  const silent = { ...given, prompt: 'none' }
  const begun = await beginSignIn(tokens, silent, { context, carrier: 'frame' })
  const { url, kept } = begun
  const { signal } = context
  // When the time is up the caller gets the error of the signal, so the hint has to be put into that one.
  const explain = (): void => {
    if (isAuthError(signal.reason, 'timeout')) signal.reason.message = hintFor(url, NOTHING)
  }
  signal.addEventListener('abort', explain)
  const query = await frame(url, { state: kept.id, signal }).finally(() =>
    signal.removeEventListener('abort', explain),
  )
  try {
    return await redeemAnswer(tokens, begun, { query, context })
  } catch (error) {
    const step = 'login_required'
    const alone = isAuthError(error, 'step_required') && error.serverCode === step
    throw alone ? stepError({ step }, hintFor(url, NOBODY)) : error
  }
}

function frameOf(name: string, options: SilentRenewalOptions): OidcFrame {
  checkOptions(name, options, { frame: 'function', idTokenHint: 'boolean' })
  return options.frame ?? iframe
}

/**
 * Signs in whoever is signed in at the server, in a frame that nobody sees: `SIGNED_IN`. It takes the
 * client's `requestTimeout` at the most. The page of the redirect URI has to call `handBack`, and must
 * let its own origin frame it.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 * import { silentSignIn } from 'holdfast/providers/oidc/silent'
 *
 * const redirectUri = 'https://app.example/callback' // whose page calls handBack()
 * const provider = oidc({ issuer: 'https://id.example', clientId: 'my-app', redirectUri })
 * const auth = new AuthClient({ provider })
 * await silentSignIn(auth).catch((error) => alert(error.code)) // step_required: ask the person
 * ```
 * @throws AuthError `step_required` where the person has to be asked (`login_required`,
 *   `interaction_required`, `consent_required`), or where the browser keeps cookies out of frames;
 *   `timeout` where the server shows a page there, and where there is no page for a frame, as in workers;
 *   `invalid_argument` for anything but a client of `oidc()`; and as `handleRedirect` does.
 */
export async function silentSignIn(
  auth: OidcClient,
  options: OidcStayOptions & SilentOptions = {},
  call?: CallOptions,
): Promise<SignInResult<OidcUser>> {
  const { host, tokens } = areaOf('silentSignIn', auth)
  const { frame: own, ...given } = checked(options)
  const frame = frameOf('silentSignIn', { frame: own })
  return host.signIn((context) => ask(tokens, given, { context, frame }), call)
}

/** A grant with what stands for its refresh token; each has its own, as refresh tokens do. */
const marked = (grant: Grant<OidcUser>): Grant<OidcUser> => ({
  ...grant,
  refreshToken: grant.refreshToken ?? MARK + base64url(crypto.getRandomValues(new Uint8Array(16))),
})

/** The next tokens of a session, for nobody but the same person. */
async function renew(
  tokens: Tokens,
  context: RefreshContext,
  { frame, hints }: { readonly frame: OidcFrame; readonly hints: boolean | undefined },
): Promise<Grant<OidcUser>> {
  const { session } = context
  if (!session) return invalid('Only the session itself can be renewed in a frame.')
  const before = keptIn(session)
  // Nothing of a session of another issuer goes to this one.
  await tokens.server.find(context, before.server)
  const { resource, audience, organization, scope } = { ...before, ...textsIn(context) }
  // Without it the server would not say whose the tokens are.
  const named = before.subject && scope && !scope.split(' ').includes('openid')
  const parameters = textsIn({ id_token_hint: hints && session.extras.id_token })
  const whole = named ? `openid ${scope}` : scope
  const wish = { resource, audience, organization, scope: whole, parameters }
  const grant = await ask(tokens, wish, { context, frame })
  const { subject } = keptIn(grant)
  const same = before.subject
    ? subject === before.subject
    : grant.user && grant.user.id === session.user?.id
  if (!same) throw subjectChanged()
  return marked(grant)
}

/**
 * The provider `oidc()`, for servers that give pages no refresh token: sessions get their next tokens in
 * a frame that nobody sees, near the end of the access token or by `refreshSession()`, one for all tabs.
 * What stands for the refresh token in `refreshToken` begins with `frame.`. Where the server wants the
 * person to be asked, that is `step_required`, and the session stays; where somebody else is signed in
 * there by now, the session ends with the reason `subject-changed`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 * import { silentRenewal } from 'holdfast/providers/oidc/silent'
 *
 * const redirectUri = 'https://app.example/callback' // whose page calls handBack()
 * const provider = oidc({ issuer: 'https://id.example', clientId: 'my-app', redirectUri })
 * const auth = new AuthClient({ provider: silentRenewal(provider) })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and for another provider.
 */
export function silentRenewal(
  provider: OidcProvider,
  options: SilentRenewalOptions = {},
): OidcProvider {
  const by = { frame: frameOf('silentRenewal', options), hints: options.idTokenHint }
  const { id, refresh, actions } = { ...provider }
  if (!actions || !id.startsWith('oidc.')) {
    return invalid('silentRenewal() takes the provider oidc().')
  }
  let area: Area | undefined
  return {
    ...provider,
    refresh: async (token, context) =>
      area && isMark(token) ? renew(area.tokens, context, by) : refresh(token, context),
    actions(host) {
      const made = actions({
        ...host,
        signIn: (request, call) =>
          host.signIn(async (context) => {
            const grant = await request(context)
            return grant && marked(grant)
          }, call),
      })
      area = areaOf('silentRenewal', { actions: made })
      return made
    },
  }
}
