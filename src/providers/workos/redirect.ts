import { AuthError, isAuthError } from '../../core/errors.js'
import type { CallOptions, Flow } from '../../core/provider.js'
import { cleanPage, readFields, splitAddress } from '../shared/address.js'
import { asObject, text } from '../shared/json.js'
import { isOwnPath } from '../shared/own-path.js'
import { parseUrl, toAbsolute, trimSlashes } from '../shared/url.js'
import type { ActionDeps } from './action-deps.js'
import type { RedirectResult, WorkOSActions } from './types.js'

/** What the redirects of one client work on. */
export interface RedirectDeps extends Pick<ActionDeps, 'host' | 'grant'> {
  /** The redirect URI. */
  home(): string
}

/** What WorkOS adds to an address; nothing else is touched when it is cleaned. */
const OURS = ['code', 'state', 'error', 'error_description', 'error_uri']

/** An address without its query, fragment and last slashes, which hosts add and remove. */
const place = (href: string): string => trimSlashes(parseUrl(splitAddress(href).place).href)

/** The page to return to, as it was kept; the first page for one that leads away, or might. */
function pageOf(kept: string | undefined, here: string): string | undefined {
  if (kept === undefined) return undefined
  const first = parseUrl('/', here).href
  return kept.startsWith(first) && isOwnPath(parseUrl(kept).pathname) ? kept : first
}

function keptWith({ purpose }: Flow): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(purpose)) ?? {}
  } catch {
    return {}
  }
}

/** Whether a sign-in that failed so can never succeed. */
const isFinal = (error: unknown): boolean =>
  !isAuthError(error) || (!error.retryable && error.code !== 'aborted')

/** Makes `handleRedirect`. Calls for one address at a time share one exchange. */
export function createRedirect(deps: RedirectDeps): WorkOSActions['handleRedirect'] {
  const { host } = deps
  const running = new Map<string, Promise<RedirectResult>>()

  async function finish(href: string, call?: CallOptions): Promise<RedirectResult> {
    const query = readFields(splitAddress(href).query)
    const id = query.get('state')
    const flow = (await host.flows()).find((each) => keptWith(each).id === id && id)
    if (!flow) {
      throw new AuthError(
        'invalid_credentials',
        'This browser did not begin that sign-in, or has finished it.',
      )
    }
    const { state, returnTo } = keptWith(flow)
    /** The answer is used up. What cannot be removed is worth nothing any more. */
    const end = async (): Promise<void> => {
      await host.removeFlow(flow).catch(() => {})
      if (host.page.href() === href) cleanPage(host.page, href, { query: OURS, fragment: [] })
    }
    const code = query.get('code')
    if (!code) {
      await end()
      const message = query.get('error_description') ?? 'The sign-in was refused.'
      throw new AuthError('rejected', message, { serverCode: query.get('error') })
    }
    const result = await host.signIn(async (context) => {
      try {
        const fields = { code, code_verifier: flow.secret }
        const grant = await deps.grant('authorization_code', fields, context)
        await end()
        return grant
      } catch (error) {
        if (isFinal(error)) await end()
        throw error
      }
    }, call)
    const here = host.page.href() ?? deps.home()
    return { ...result, state: text(state), returnTo: pageOf(text(returnTo), here) }
  }

  return async ({ url: given } = {}, call) => {
    const href = given ?? host.page.href()
    if (href === null) return null
    const address = toAbsolute(href, host.page.href())
    const query = readFields(splitAddress(address).query)
    const answer = query.has('code') || query.has('error')
    if (!answer || place(address) !== place(deps.home())) return null
    const shared = running.get(address)
    if (shared) return shared
    const work = finish(address, call).finally(() => running.delete(address))
    running.set(address, work)
    return work
  }
}
