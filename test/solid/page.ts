/**
 * What Solid's compiler, `babel-preset-solid` with `hydratable`, makes of
 *
 *     <section>
 *       <p class="who">{who()}</p><p class="person">{person()}</p><p class="token">{token()}</p>
 *       <Show when={auth.user} fallback={<button title={auth.status} onClick={signIn}>Sign in</button>}>
 *         <button title={auth.status} onClick={() => auth.signOut()}>Sign out {auth.user?.email}</button>
 *       </Show>
 *       {page.inner && <Whole page={page.inner} />}
 *     </section>
 *
 * written by hand: the compiler is not installed here.
 */
import { type Component, createComponent, type JSX, Show, Suspense } from 'solid-js'
import {
  addEventListener,
  delegateEvents,
  effect,
  getNextElement,
  getNextMarker,
  hydrate,
  insert,
  render,
  runHydrationEvents,
  setAttribute,
  template,
} from 'solid-js/web'
import type { Framework, PageProps } from '../bindings/page.js'
import { AuthProvider } from './auth.js'
import { usePage } from './use-page.js'

const SECTION = template(
  '<section><p class=who></p><p class=person></p><p class=token></p><!$><!/><!$><!/>',
)
const SIGN_OUT = template('<button>Sign out <!$><!/>')
const SIGN_IN = template('<button>Sign in')

/** Of the forms of `Show` the plain one. */
const Either: Component<{
  readonly when: unknown
  readonly fallback: JSX.Element
  readonly children: JSX.Element
}> = Show

function Button(
  auth: ReturnType<typeof usePage>['auth'],
  act: () => unknown,
  text: typeof SIGN_IN,
) {
  const button = getNextElement(text)
  addEventListener(button, 'click', () => void act(), true)
  effect(() => setAttribute(button, 'title', auth.status))
  return button
}

function Who({ page }: { readonly page: PageProps }): JSX.Element {
  const { auth, who, person, token, signIn } = usePage(page)
  const section = getNextElement(SECTION)
  const [first, second, third] = section.children
  if (!first || !second || !third) throw new Error('The template is not what it says.')
  const [end, nodes] = getNextMarker(third.nextSibling?.nextSibling ?? section)
  insert(first, who)
  insert(second, person)
  insert(third, token)
  const shown = createComponent(Either, {
    get when() {
      return auth.user
    },
    get fallback() {
      const button = Button(auth, signIn, SIGN_IN)
      runHydrationEvents()
      return button
    },
    get children() {
      const button = Button(auth, () => auth.signOut(), SIGN_OUT)
      const [mark, texts] = getNextMarker(button.firstChild?.nextSibling?.nextSibling ?? button)
      insert(button, () => auth.user?.email, mark, texts)
      runHydrationEvents()
      return button
    },
  })
  insert(section, shown, end, nodes)
  const [last, others] = getNextMarker(end.nextSibling?.nextSibling ?? section)
  insert(section, () => page.inner && createComponent(Whole, { page: page.inner }), last, others)
  return section
}

const Whole = ({ page }: { readonly page: PageProps }): JSX.Element =>
  createComponent(AuthProvider, {
    client: page.client,
    ...page.options,
    get children() {
      return page.late ? createComponent(Late, { page }) : createComponent(Who, { page })
    },
  })

/** A part that the server sends when it has its data. */
const Late = ({ page }: { readonly page: PageProps }): JSX.Element =>
  createComponent(Suspense, {
    get children() {
      return createComponent(Who, { page })
    },
  })

delegateEvents(['click'])

declare global {
  /** What a server sends with the page: here, when each part has arrived. */
  var _$HY: { r: object } | undefined
}

export const show: Framework['show'] = async (place, page, over) => {
  if (page.late && globalThis._$HY) globalThis._$HY.r = new Proxy({}, { get: () => page.late })
  return {
    unmount: (over ? hydrate : render)(() => createComponent(Whole, { page }), place),
    flush: () => {},
  }
}

export const showLost: Framework['showLost'] = async (place, page) =>
  render(() => createComponent(Who, { page }), place)
