const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** The page of an account, with a button that signs out. */
export const accountPage = (name: string | undefined): string => `<!doctype html>
<p>Signed in as ${escapeHtml(name ?? 'somebody')}.</p>
<button>Sign out</button>
<script type="module">
  const tabs = new BroadcastChannel('sign-out')
  tabs.onmessage = () => (location.href = '/')
  document.querySelector('button').onclick = async () => {
    await fetch('/auth/sign-out', { method: 'POST', headers: { 'X-Holdfast': '1' } })
    tabs.postMessage('over')
    location.href = '/'
  }
</script>`

/** The page that everybody may see. */
export const homePage = '<!doctype html><a href="/account">Your account</a>'
