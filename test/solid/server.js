/** What Solid's compiler makes of the page for a server, which is no TypeScript; written by hand: see page.ts. */
import { createComponent, Show, Suspense } from 'solid-js'
import {
  escape as escapeHtml,
  generateHydrationScript,
  renderToString,
  ssr,
  ssrAttribute,
  ssrHydrationKey,
} from 'solid-js/web'
import { AuthProvider } from './auth.js'
import { usePage } from './use-page.js'

const SECTION = [
  '<section',
  '><p class="who">',
  '</p><p class="person">',
  '</p><p class="token">',
  '</p><!--$-->',
  '<!--/--><!--$-->',
  '<!--/--></section>',
]
const SIGN_OUT = ['<button', '>Sign out <!--$-->', '<!--/--></button>']
const SIGN_IN = ['<button', '>Sign in</button>']

function Who({ page }) {
  const { auth, who, person, token } = usePage(page)
  const key = ssrHydrationKey()
  const texts = [who(), person(), token()].map((text) => escapeHtml(text))
  const title = () =>
    ssrHydrationKey() + ssrAttribute('title', escapeHtml(auth.status, true), false)
  const shown = createComponent(Show, {
    get when() {
      return auth.user
    },
    get fallback() {
      return ssr(SIGN_IN, title())
    },
    get children() {
      return ssr(SIGN_OUT, title(), escapeHtml(auth.user?.email))
    },
  })
  const inner = page.inner && escapeHtml(createComponent(Whole, { page: page.inner }))
  return ssr(SECTION, key, ...texts, escapeHtml(shown), inner)
}

const Whole = ({ page }) =>
  createComponent(AuthProvider, {
    client: page.client,
    ...page.options,
    get children() {
      return page.late ? createComponent(Late, { page }) : createComponent(Who, { page })
    },
  })

const Late = ({ page }) =>
  createComponent(Suspense, {
    get children() {
      return createComponent(Who, { page })
    },
  })

export const render = async (page) => renderToString(() => createComponent(Whole, { page }))

export const head = generateHydrationScript
