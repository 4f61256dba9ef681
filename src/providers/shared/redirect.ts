import { AuthError, isAuthError } from '../../core/errors.js'
import type {
  ActionHost,
  CallOptions,
  Flow,
  RequestContext,
  SignInResult,
} from '../../core/provider.js'
import type { Grant, SessionUser } from '../../core/session.js'
import { cleanPage, readFields, splitAddress } from './address.js'
import { asObject, text } from './json.js'
import { isOwnPath } from './own-path.js'
import { isFinal } from './passing.js'
import { invalid, parseUrl, toAbsolute, trimSlashes } from './url.js'

/** A redirect that came back: what its address says, and what was kept for it. */
export interface Returned {
  readonly query: ReadonlyMap<string, string>
  readonly kept: Readonly<Record<string, unknown>>
  /** The PKCE verifier. */
  readonly secret: string
}

/** What the redirects of one client work on. */
export interface RedirectDeps<User extends SessionUser> {
  readonly host: Pick<ActionHost<User>, 'page' | 'flows' | 'removeFlow' | 'signIn' | 'alone'>
  /** What the server adds to an address; nothing else is touched when it is cleaned. */
  readonly ours: readonly string[]
  /** The redirect URI. */
  home(): string
  /** Why an answer brings no session; `null` for one that may. */
  refusal(query: Returned['query'], kept: Returned['kept']): AuthError | null
  /** Trades the code, or whatever came, for a session. */
  grant(returned: Returned, context: RequestContext): Promise<Grant<User>>
}

/** What a redirect brought. */
export interface RedirectResult<User extends SessionUser> extends SignInResult<User> {
  /** The app's own text, as it was passed to `signInUrl`. */
  readonly state: string | undefined
  /** An absolute URL of this origin. */
  readonly returnTo: string | undefined
}

/** Finishes what a redirect began; `null` for an address that is no answer to one. */
export type HandleRedirect<User extends SessionUser> = (
  options?: { readonly url?: string | undefined },
  call?: CallOptions,
) => Promise<RedirectResult<User> | null>

/** An address without its query, fragment and last slashes, which hosts add and remove. */
const place = (href: string): string => trimSlashes(parseUrl(splitAddress(href).place).href)

/** The page to return to, as it was kept; the first page for one that leads away, or might. */
function pageOf(kept: string | undefined, here: string): string | undefined {
  if (kept === undefined) return undefined
  const first = parseUrl('/', here).href
  return kept.startsWith(first) && isOwnPath(parseUrl(kept).pathname) ? kept : first
}

/**
 * A page of the origin of `here`, as an absolute URL. Scripts are no place.
 * @throws AuthError `invalid_argument` for any other.
 */
export function ownPage(returnTo: string, here: string): string {
  const { href } = parseUrl(returnTo, here)
  if (href.startsWith(parseUrl('/', here).href)) return href
  return invalid('`returnTo` must be a page of this origin.')
}

/** What was kept for a redirect, in its flow; nothing of what is unreadable. */
export function keptWith({ purpose }: Pick<Flow, 'purpose'>): Returned['kept'] {
  try {
    return asObject(JSON.parse(purpose)) ?? {}
  } catch {
    return {}
  }
}

/** Makes `handleRedirect`. Calls for one address at a time share one exchange. */
export function createRedirect<User extends SessionUser>(
  deps: RedirectDeps<User>,
): HandleRedirect<User> {
  const { host } = deps
  const running = new Map<string, Promise<RedirectResult<User>>>()

  async function finish(href: string, call?: CallOptions): Promise<RedirectResult<User>> {
    const query = readFields(splitAddress(href).query)
    const id = query.get('state')
    const flow = (await host.flows()).find((each) => keptWith(each).id === id && id)
    if (!flow) {
      throw new AuthError(
        'invalid_credentials',
        'This browser did not begin that sign-in, or has finished it.',
      )
    }
    const returned = { query, kept: keptWith(flow), secret: flow.secret }
    /** The answer is used up. What cannot be removed is worth nothing any more. */
    const end = async (): Promise<void> => {
      await host.removeFlow(flow).catch(() => {})
      cleanPage(host.page, href, { query: deps.ours, fragment: [] })
    }
    const refusal = deps.refusal(query, returned.kept)
    if (refusal) {
      await end()
      throw refusal
    }
    const result = await host.signIn(async (context) => {
      try {
        const grant = await deps.grant(returned, context)
        await end()
        return grant
      } catch (error) {
        if (isFinal(error)) await end()
        throw error
      }
    }, call)
    const here = host.page.href() ?? deps.home()
    const { state, returnTo } = returned.kept
    return { ...result, state: text(state), returnTo: pageOf(text(returnTo), here) }
  }

  const handle: HandleRedirect<User> = async ({ url: given } = {}, call) => {
    const href = given ?? host.page.href()
    if (href === null) return null
    const address = toAbsolute(href, host.page.href())
    const query = readFields(splitAddress(address).query)
    const answer = query.has('code') || query.has('error')
    if (!answer || place(address) !== place(deps.home())) return null
    const shared = running.get(address)
    if (shared) {
      return shared.catch((error: unknown) => {
        // The other caller has given up; this one has not.
        if (isAuthError(error, 'aborted') && !call?.signal?.aborted)
          return handle({ url: href }, call)
        throw error
      })
    }
    //   this client          another one, of the same storage and the same address
    //   sends the code
    //                        sends it as well
    //                        is refused: servers then revoke what the first one got (RFC 6749 §4.1.2)
    const work = host
      .alone(() => finish(address, call), call)
      .finally(() => running.delete(address))
    running.set(address, work)
    return work
  }
  return handle
}
