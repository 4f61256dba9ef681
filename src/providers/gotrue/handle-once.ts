import { isAuthError } from '../../core/errors.js'
import type { ActionHost, CallOptions } from '../../core/provider.js'
import { needText } from './arguments.js'

/** `handleRedirect` of a provider: `null` when the address holds nothing. */
export type Handle<Result> = (
  options?: { readonly url?: string | undefined },
  call?: CallOptions,
) => Promise<Result | null>

/**
 * Makes `handleRedirect` of what handles one address; `clean` says whether that is the page's own, to be cleaned.
 * Calls for one address at a time share one exchange.
 */
export function handleOnce<Result>(
  { page }: Pick<ActionHost, 'page'>,
  run: (href: string, clean: boolean, call?: CallOptions) => Promise<Result | null>,
): Handle<Result> {
  const running = new Map<string, Promise<Result | null>>()
  const handle: Handle<Result> = async (options, call) => {
    const { url } = { ...options }
    const href = url ?? page.href()
    if (href === null) return null
    needText('url', href)
    const shared = running.get(href)
    if (shared) {
      return shared.catch((error: unknown) => {
        // The other caller has given up; this one has not.
        if (isAuthError(error, 'aborted') && !call?.signal?.aborted) return handle(options, call)
        throw error
      })
    }
    const work = run(href, url === undefined, call).finally(() => running.delete(href))
    running.set(href, work)
    return work
  }
  return handle
}
