import type { Tab } from '../tab.js'
import { ADA, LIFETIME, type World } from '../world.js'
import { button, h, lengthOf, setText } from './dom.js'

/** A tab as it is shown. */
export interface TabCard {
  readonly element: HTMLElement
  readonly heading: HTMLElement
  paint(): void
}

interface Parts {
  readonly state: HTMLElement
  readonly left: HTMLElement
  readonly bar: HTMLElement
  readonly token: HTMLElement
  readonly requests: HTMLElement
  readonly list: HTMLElement
  readonly signedIn: HTMLElement
  readonly signedOut: HTMLElement
}

const fact = (name: string, value: HTMLElement): HTMLElement =>
  h('div', {}, h('dt', {}, name), value)

function buttonsFor({ auth, attempt }: Tab): Pick<Parts, 'signedIn' | 'signedOut'> {
  return {
    signedIn: h(
      'div',
      { class: 'row' },
      button('Ask for the session', 'ask', () => attempt('getSession()', () => auth.getSession())),
      button('Refresh now', 'refresh', () =>
        attempt('refreshSession()', () => auth.refreshSession()),
      ),
      button('Sign out', 'sign-out', () => {
        auth.signOut().catch(() => {})
      }),
    ),
    signedOut: h(
      'div',
      { class: 'row' },
      button(
        'Sign in as Ada',
        'sign-in',
        () => attempt('signIn()', () => auth.signIn(ADA)),
        'primary',
      ),
      button('Ask for the session', 'ask', () => attempt('getSession()', () => auth.getSession())),
    ),
  }
}

function paintEntries(list: HTMLElement, tab: Tab): void {
  const [newest] = tab.entries()
  const shown = list.firstElementChild?.getAttribute('data-id')
  if (String(newest?.id) === shown) return
  const items = tab
    .entries()
    .map(({ id, at, text, kind }) =>
      h(
        'li',
        { class: kind, 'data-id': String(id) },
        h('time', {}, lengthOf(at)),
        h('span', {}, text),
      ),
    )
  list.replaceChildren(...items)
}

/** What a tab says of itself in a line. */
function stateOf(tab: Tab, world: World): string {
  const { status, session, error } = tab.auth.getSnapshot()
  if (status === 'loading') return 'Reading storage'
  if (!session) return 'Signed out'
  if (error) return `Signed in; the refresh fails (${error.code}) and is tried again`
  const ended = world.hasSession()
    ? ''
    : '; the server has ended the session, and no refresh has told this tab yet'
  return `Signed in as ${session.user?.email ?? session.user?.id}${ended}`
}

function paintParts(parts: Parts, tab: Tab, world: World): void {
  const { session } = tab.auth.getSnapshot()
  const left = session ? Math.max(0, session.expiresAt - world.deviceTime()) : 0
  setText(parts.state, stateOf(tab, world))
  setText(parts.left, session ? `${Math.ceil(left / 1_000)} s` : '–')
  parts.bar.style.width = `${Math.min(100, (left / LIFETIME) * 100)}%`
  setText(parts.token, session ? `…${session.accessToken.slice(-6)}` : '–')
  setText(parts.requests, String(tab.requests()))
  parts.signedIn.hidden = session === null
  parts.signedOut.hidden = session !== null
  paintEntries(parts.list, tab)
}

/** Draws a tab; `close` takes it away. */
export function drawTab(tab: Tab, world: World, close: () => void): TabCard {
  const title = `Tab ${tab.name.replace('tab-', '')}`
  const id = `playground-${tab.name}`
  const heading = h('h3', { id, tabindex: '-1' }, title)
  const parts: Parts = {
    state: h('p', { class: 'state soft' }),
    left: h('dd', { 'data-of': 'left' }),
    bar: h('span', { class: 'bar' }),
    token: h('dd', { 'data-of': 'token' }),
    requests: h('dd', { 'data-of': 'requests' }),
    list: h('ol', { class: 'line', 'aria-label': `What happened in ${title}` }),
    ...buttonsFor(tab),
  }
  const closing = button('Close', 'close', close)
  closing.setAttribute('aria-label', `Close ${title}`)
  const element = h(
    'article',
    { class: 'card tab', 'aria-labelledby': id, 'data-tab': tab.name },
    h('header', {}, heading, closing),
    parts.state,
    h('div', { class: 'life', 'aria-hidden': 'true' }, parts.bar),
    h(
      'dl',
      {},
      fact('Access token', parts.token),
      fact('It runs for', parts.left),
      fact('Requests of this tab', parts.requests),
    ),
    parts.signedIn,
    parts.signedOut,
    parts.list,
  )
  return {
    element,
    heading,
    paint() {
      // Whoever pressed a button that goes now goes on at the heading of its tab.
      const root = element.getRootNode()
      const focused = root instanceof ShadowRoot ? root.activeElement : document.activeElement
      paintParts(parts, tab, world)
      element.dataset.failing = String(
        tab.auth.getSnapshot().error !== null && !parts.signedIn.hidden,
      )
      if (focused?.closest('[hidden]') && element.contains(focused)) heading.focus()
    },
  }
}
