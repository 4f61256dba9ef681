import { serve } from '@hono/node-server'
import type { OidcUser } from 'holdfast/providers/oidc'
import { applySession, type RequestSession } from 'holdfast/server'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { backend, sessions } from './auth.js'

const app = new Hono<{ Variables: { found: RequestSession<OidcUser> } }>()

app.all('/auth/*', async (c) => (await backend.handle(c.req.raw)) ?? c.notFound())

app.use(async (c, next) => {
  const found = await sessions.getSession(c.req.header('Cookie') ?? null)
  c.set('found', found)
  await next()
  applySession(c.res.headers, found)
})

app.get('/', (c) => c.html(html`<!doctype html><a href="/account">Your account</a>`))

app.get('/account', (c) => {
  const { session, failure } = c.var.found
  // The auth server is down and the token is dead: nobody has signed out.
  if (!session && failure?.retryable) return c.text('Try again in a moment.', 503)
  if (!session) return c.redirect('/auth/sign-in?returnTo=/account')
  return c.html(html`<!doctype html>
    <body data-user="${session.user.id}">
    <p>Signed in as ${session.user.name}.</p>
    <button>Sign out</button>
    <script type="module">
      const leave = () => (location.href = '/')
      const tabs = new BroadcastChannel('sign-out')
      tabs.onmessage = leave
      // Somebody may have signed out, or in as another person, while this page was on its way or out of sight.
      const look = async () => {
        const answer = await fetch('/auth/session', { headers: { 'X-Holdfast': '1' } }).catch(() => null)
        // In an outage nobody can say who is signed in: the page stays.
        if (!answer?.ok) return
        const { session } = await answer.json()
        if (session?.user.id !== document.body.dataset.user) leave()
      }
      for (const sign of ['pageshow', 'focus']) addEventListener(sign, look)
      document.querySelector('button').onclick = async () => {
        await fetch('/auth/sign-out', { method: 'POST', headers: { 'X-Holdfast': '1' } })
        tabs.postMessage('over')
        leave()
      }
    </script>`)
})

const { HOST: hostname = '127.0.0.1', PORT = '3000' } = process.env
serve({ fetch: app.fetch, hostname, port: Number(PORT) })
