import { describe, expect, it } from 'vitest'
import { createNodeSessions } from '../../src/node/index.js'
import type { RequestSessions } from '../../src/server/index.js'
import { createDeviceWorld, LIFETIME, sessionCookie } from '../server/dbsc/device-world.js'
import { head, read, serve } from './stage.js'

/** What a guarded page answers to somebody who navigates there with these cookies. */
async function navigate(
  { sessions }: { readonly sessions: RequestSessions },
  cookie: string | null,
  headers: readonly string[] = [],
) {
  const auth = createNodeSessions({ sessions })
  const { talk } = await serve(async (request, response) => {
    const may = await auth.admit({ request, response }, { signInPath: '/auth/sign-in' })
    if (may) response.end(auth.sessionOf(request).user.email)
  })
  const sent = ['Host: app.example', 'Sec-Fetch-Mode: navigate', `Cookie: ${cookie}`, ...headers]
  const text = await talk(head('GET /admin', sent))
  const { status, body } = read(text)
  return { status, body, location: /^location: (.*)\r$/im.exec(text)?.[1] ?? null }
}

describe('a guarded page of Node', () => {
  it('is open to who comes from the device of a bound session', async () => {
    const { createBrowser, running } = createDeviceWorld({ required: () => true })
    const browser = createBrowser()
    await browser.begin()
    const found = await navigate(running, browser.jar.header())
    expect(found).toMatchObject({ status: 200, body: 'ada@example.com' })
  })

  it('that needs a bound session sends nobody to a sign-in that leads back to it', async () => {
    const { createBrowser, running } = createDeviceWorld({
      required: ({ path }) => path === '/admin',
    })
    const browser = createBrowser()
    await browser.signIn()
    const found = await navigate(running, browser.jar.header())
    expect(found).toMatchObject({ status: 403, location: null })
  })

  it('sends who has a copied cookie to the sign-in', async () => {
    const { createBrowser, running } = createDeviceWorld()
    const browser = createBrowser()
    await browser.begin()
    const found = await navigate(running, sessionCookie(browser.jar))
    expect(found).toMatchObject({
      status: 303,
      location: expect.stringMatching(/^\/auth\/sign-in\?returnTo=/),
    })
  })

  it('waits while the browser cannot prove its key', async () => {
    const { createBrowser, running, clock } = createDeviceWorld()
    const browser = createBrowser()
    const { id } = await browser.begin()
    await clock.advance(LIFETIME)
    const skipped = [`Secure-Session-Skipped: quota_exceeded;session_identifier="${id}"`]
    const found = await navigate(running, browser.jar.header(), skipped)
    expect(found).toMatchObject({ status: 503, location: null })
  })
})
