// The pages of the auth server.

/** Text as HTML; names are somebody else's. */
const safe = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const page = (title, body) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · Harbour ID</title>
    <link rel="icon" href="/icon.svg" />
    <link rel="stylesheet" href="/house.css" />
    <link rel="stylesheet" href="/style.css" />
  </head>
  <body class="house harbour">
    <header class="top"><span class="brand"><img src="/icon.svg" alt="" width="28" height="28" /> Harbour ID</span></header>
    <main class="desk"><section class="card">${body}</section></main>
  </body>
</html>`

const personButton = ([id, { name, work }]) => `
  <button class="person" name="person" value="${safe(id)}">
    <span class="face" aria-hidden="true">${safe(name[0])}</span>
    <span><strong>${safe(name)}</strong><small>${safe(work)}</small></span>
  </button>`

/** Asks who somebody is. */
export const peoplePage = ({ uid, people }) =>
  page(
    'Sign in',
    `<h1>Who are you?</h1>
    <p class="soft">Purser asks Harbour ID. A real server would ask for a password, or a passkey.</p>
    <form method="post" action="/sign-in/${safe(uid)}" class="people">
      ${[...people].map(personButton).join('')}
      <button name="no">None of them</button>
    </form>`,
  )

/** Asks for the code that a phone shows. */
export const codePage = ({ uid, person, code, wrong }) =>
  page(
    'A code',
    `<h1>One more proof, ${safe(person.name)}</h1>
    <p class="soft">Purser is about to pay, and wants to know that it is you, now.</p>
    <p class="phone"><small>Your phone shows</small><strong id="phone">${safe(code)}</strong></p>
    ${wrong ? '<p id="wrong" class="problem" role="alert">That was another code.</p>' : ''}
    <form method="post" action="/sign-in/${safe(uid)}" class="row">
      <label>The code <input name="code" inputmode="numeric" autocomplete="one-time-code" size="8" autofocus${wrong ? ' aria-invalid="true" aria-describedby="wrong"' : ''} /></label>
      <button class="primary">Confirm</button>
      <button name="no">Cancel</button>
    </form>`,
  )

/** Asks whether this server is to forget somebody too. `form` is oidc-provider's. */
export const signOutPage = (form) =>
  page(
    'Sign out',
    `<h1>Sign out of Harbour ID too?</h1>
    <p class="soft">Purser has forgotten you already, in every tab. Other apps of the harbour have not.</p>
    ${form}
    <div class="row">
      <button class="primary" form="op.logoutForm" name="logout" value="yes" autofocus>Yes, everywhere</button>
      <button form="op.logoutForm">No, only Purser</button>
    </div>`,
  )

/** Says that a sign-in is over: it took too long, or the server was started anew. */
export const overPage = () =>
  page('Over', '<h1>This sign-in is over.</h1><p class="soft">Begin again in the app.</p>')

/** Says that nobody is there. */
export const downPage = () =>
  page('Down', '<h1>Harbour ID is down.</h1><p class="soft">The app can end that: go back.</p>')
