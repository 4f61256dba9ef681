import { onTestFinished } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'

/** Ada's session as a backend tells pages of it. */
const SESSION = {
  sessionId: 'session_1',
  handle: 'h1',
  expiresIn: 300_000,
  user: { id: 'user_1', email: 'ada@example.com' },
}

/** A page over a backend that says this of the session besides; `null`: nobody is signed in. */
export async function openBackend(facts: object | null = {}, isDown = false) {
  const browser = createFakeBrowser()
  const tab = browser.tab()
  const server = { paths: [] as string[], session: facts && { ...SESSION, ...facts }, isDown }
  const auth = new AuthClient({
    provider: backend({
      url: 'http://localhost/auth',
      async fetch(input) {
        const { pathname } = new URL(String(input))
        server.paths.push(pathname)
        if (server.isDown) return new Response(null, { status: 503 })
        if (pathname === '/auth/sign-out') server.session = null
        return Response.json({ session: server.session })
      },
    }),
    storage: tab.storage,
    environment: tab.environment,
  })
  onTestFinished(() => auth.dispose())
  await auth.getSession().catch(() => {})
  return { auth, server, browser }
}
