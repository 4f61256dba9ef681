import { AuthError } from '../core/errors.js'
import type { Storage } from '../core/ports.js'

/** The part of Playwright's `Route` that is used. */
export interface PlaywrightRoute {
  request(): {
    url(): string
    method(): string
    headers(): Record<string, string>
    postData(): string | null
  }
  fulfill(answer: {
    readonly status: number
    readonly headers: Record<string, string>
    readonly body: string
  }): Promise<void>
  abort(): Promise<void>
}

/** The part of Playwright's `BrowserContext` that is used. */
export interface PlaywrightContext {
  route(url: string, handler: (route: PlaywrightRoute) => Promise<void>): Promise<unknown>
  addInitScript(script: { readonly content: string }): Promise<unknown>
}

/** Options of `signInContext`. */
export interface SignInContextOptions {
  /** What answers in place of the auth server, such as a scripted GoTrue. */
  readonly server: { readonly fetch: typeof fetch }
  /** Where the app's provider finds the auth server: its `url`. */
  readonly url: string
  /** The origin of the app's pages, such as `http://localhost:3000`. */
  readonly appOrigin: string
  /**
   * Signs in, in this process, by a client like the app's: with the same `storageKey`, and with this `fetch` and
   * this `storage`. Dispose of it then: a client that went on here would spend the refresh tokens of the pages.
   */
  signIn(parts: { readonly fetch: typeof fetch; readonly storage: Storage }): Promise<unknown>
}

/** Says that the pages of a context have their session: after a sign-out it must not come back. */
const MARK = 'holdfast.signed-in-by-test'

/** What lets pages of another origin than the auth server's read its answers (Fetch §3.2). */
function corsHeaders(headers: Record<string, string>): Record<string, string> {
  return {
    'access-control-allow-origin': headers.origin ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': '*, DELETE, PATCH, PUT',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
  }
}

/** @throws AuthError `invalid_argument` for what no page can be at, such as `localhost:3000`. */
function parseUrl(name: string, text: string): URL {
  if (/^https?:/i.test(text) && URL.canParse(text)) return new URL(text)
  throw new AuthError('invalid_argument', `\`${name}\` is no URL that begins with http or https.`)
}

async function answerBy(server: SignInContextOptions['server'], route: PlaywrightRoute) {
  const request = route.request()
  const [method, headers] = [request.method(), request.headers()]
  const cors = corsHeaders(headers)
  if (method === 'OPTIONS') return route.fulfill({ status: 204, headers: cors, body: '' })
  const body = request.postData()
  try {
    const answer = await server.fetch(request.url(), { method, headers, body })
    const given = { ...Object.fromEntries(answer.headers), ...cors }
    await route.fulfill({ status: answer.status, headers: given, body: await answer.text() })
  } catch {
    // The server's own fault, as it was told: no answer.
    await route.abort()
  }
}

/** What pages run before their own scripts, at their first visit. */
const planting = (origin: string, entries: Readonly<Record<string, string>>): string => `
  if (location.origin === ${JSON.stringify(origin)} && !localStorage.getItem(${JSON.stringify(MARK)})) {
    for (const [key, text] of Object.entries(${JSON.stringify(entries)})) localStorage.setItem(key, text)
    localStorage.setItem(${JSON.stringify(MARK)}, '1')
  }`

/**
 * Makes the pages of a Playwright context start signed in, without their sign-in being shown, with a scripted
 * server in place of the auth server. For apps that keep their session in localStorage. `docs/testing.md` has it
 * as a fixture of `test`.
 * @example
 * ```ts
 * import { test } from '@playwright/test'
 * import { AuthClient } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 * import { createScriptedGoTrue } from 'holdfast/testing'
 * import { signInContext } from 'holdfast/testing/playwright'
 *
 * const ada = { email: 'ada@example.com', password: 'secret-1' }
 * test('greets who is signed in', async ({ context, page }) => {
 *   const url = 'https://project.example/auth/v1'
 *   await signInContext(context, {
 *     server: createScriptedGoTrue({ users: [ada] }),
 *     url,
 *     appOrigin: 'http://localhost:3000',
 *     async signIn({ fetch, storage }) {
 *       const auth = new AuthClient({ provider: gotrue({ url, fetch }), storage })
 *       await auth.signIn(ada)
 *       auth.dispose()
 *     },
 *   })
 *   await page.goto('http://localhost:3000')
 * })
 * ```
 * @throws AuthError `invalid_argument` for what is no URL, and when the sign-in has left no session; whatever
 *   `signIn` throws.
 */
export async function signInContext(
  context: PlaywrightContext,
  { server, url, appOrigin, signIn }: SignInContextOptions,
): Promise<void> {
  const [serverUrl, app] = [parseUrl('url', url), parseUrl('appOrigin', appOrigin)]
  const entries = new Map<string, string>()
  const storage: Storage = {
    get: (key) => entries.get(key) ?? null,
    set: (key, text) => void entries.set(key, text),
    remove: (key) => void entries.delete(key),
  }
  await signIn({ fetch: server.fetch, storage })
  if (entries.size === 0) {
    const message = '`signIn` has left no session in the `storage` that it was given.'
    throw new AuthError('invalid_argument', message)
  }
  // As browsers write it: a request that the pattern misses would reach the real server.
  await context.route(`${serverUrl.href.replace(/\/$/, '')}/**`, (route) => answerBy(server, route))
  const content = planting(app.origin, Object.fromEntries(entries))
  await context.addInitScript({ content })
}
