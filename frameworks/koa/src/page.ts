import type { OidcUser } from 'holdfast/providers/oidc'

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** The page of an account, with a button that signs out. */
export const accountPage = ({ id, name }: OidcUser): string => `<!doctype html>
<body data-user="${escapeHtml(id)}">
<p>Signed in as ${escapeHtml(name ?? 'somebody')}.</p>
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
</script>`

/** The page that everybody may see. */
export const homePage = '<!doctype html><a href="/account">Your account</a>'
