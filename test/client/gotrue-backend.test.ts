import { describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import type { GoTrueCredentials, GoTrueUser } from '../../src/providers/gotrue/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import {
  ADA,
  APP,
  createGotrueServerWorld,
  type GotrueServerWorldOptions,
  MINUTE,
} from '../server/gotrue/gotrue-server-world.js'

/** A browser whose pages have a backend with GoTrue behind it. */
function createPages(options: GotrueServerWorldOptions = {}) {
  const browser = createFakeBrowser()
  const world = createGotrueServerWorld({ ...options, clock: browser.clock })

  async function pageFetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    const { method, url, signal } = request
    const headers = new Headers(request.headers)
    const body = method === 'GET' ? null : await request.arrayBuffer()
    const response = await world.send(url, { method, headers, body, signal })
    const readable = new Headers(response.headers)
    readable.delete('Set-Cookie')
    return new Response((await response.text()) || null, {
      status: response.status,
      headers: readable,
    })
  }

  function open() {
    const tab = browser.tab({ href: `${APP}/home` })
    const auth = new AuthClient({
      provider: backend<GoTrueUser, GoTrueCredentials>({
        url: `${APP}/auth`,
        fetch: tab.fetch(pageFetch),
      }),
      storage: tab.storage,
      environment: tab.environment,
    })
    const events: string[] = []
    auth.onAuthStateChange((event, session) => {
      events.push(`${event} ${session?.user?.email ?? '-'}`)
    })
    return { auth, events }
  }
  return { ...world, browser, open }
}

describe('a page whose backend has GoTrue behind it', () => {
  it('signs in by a password, in all tabs, and sees no token', async () => {
    const { open, browser } = createPages()
    const [one, two] = [open(), open()]
    await browser.clock.settle()
    const { session } = await one.auth.signIn(ADA)
    await browser.clock.advance(MINUTE)
    expect(session?.accessToken).not.toMatch(/^ey/)
    expect(await two.auth.getSession()).toMatchObject({ user: { email: ADA.email } })
    expect(one.events.at(-1)).toBe(`SIGNED_IN ${ADA.email}`)
    expect(two.events.at(-1)).toBe(`SIGNED_IN ${ADA.email}`)
  })

  it('hears what is wrong with what it signs in with', async () => {
    const { open, scripted } = createPages()
    const { auth } = open()
    const wrong = auth.signIn({ email: ADA.email, password: 'wrong' })
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_credentials', retryable: false })
    scripted.fail({ type: 'rate-limited', retryAfter: 30 })
    await expect(auth.signIn(ADA)).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 30_000,
    })
    expect(await auth.getSession()).toBeNull()
  })

  it('signs in by a one-time code', async () => {
    const { open, call, scripted } = createPages()
    const { auth } = open()
    await call('/auth/otp', { email: ADA.email })
    const code = scripted.messages[0]?.code ?? ''
    const { session } = await auth.signIn({ email: ADA.email, code })
    expect(session?.user?.email).toBe(ADA.email)
  })

  it.each([
    ['global', 0],
    ['others', 1],
  ] as const)('ends the person’s sessions elsewhere: %s', async (scope, left) => {
    const { open, grant, scripted } = createPages()
    const { auth } = open()
    await auth.signIn(ADA)
    await grant(ADA)
    await auth.signOut({ scope })
    expect(scripted.sessions()).toHaveLength(left)
    expect((await auth.getSession()) === null).toBe(scope === 'global')
  })
})
