import { createElement as h, lazy, memo, type ReactNode, Suspense } from 'react'
import { describeState, describeToken, type PageProps } from '../bindings/page.js'
import { AuthProvider, useAccessToken, useAuth, useSession } from './auth.js'

interface Props {
  readonly page: PageProps
}

const Who = memo(({ page }: Props) =>
  h('p', { className: 'who' }, page.tell('who', describeState(useSession()))),
)

const Person = memo(({ page }: Props) => {
  const user = useSession((state) => state.user)
  return h('p', { className: 'person' }, page.tell('person', user?.email ?? 'nobody'))
})

const Button = memo(({ page }: Props) => {
  const auth = useAuth()
  const { status, user, signIn, signOut } = auth
  const token = useAccessToken()
  page.found?.(auth, token)
  const act = () => void (user ? signOut() : signIn(page.credentials))
  return h(
    'div',
    null,
    h('p', { className: 'token' }, page.tell('token', describeToken(token))),
    h(
      'button',
      { type: 'button', title: status, onClick: act },
      user ? `Sign out ${user.email}` : 'Sign in',
    ),
  )
})

/** What reads, without what gives the client. */
export const Parts = ({ page }: Props): ReactNode => [
  h(Who, { page, key: 'who' }),
  h(Person, { page, key: 'person' }),
  h(Button, { page, key: 'button' }),
]

const loaded = new WeakMap<Promise<void>, typeof Parts>()

/** A part that is taken over when it has been loaded: the same one, however often React begins anew. */
function toLate(late: Promise<void>): typeof Parts {
  const part = loaded.get(late) ?? lazy(() => late.then(() => ({ default: Parts })))
  loaded.set(late, part)
  return part
}

/** The whole page. */
export const Whole = ({ page }: Props): ReactNode =>
  h(
    AuthProvider,
    { client: page.client, ...page.options },
    h(
      'section',
      null,
      h(Suspense, null, h(page.late ? toLate(page.late) : Parts, { page })),
      page.inner && h(Whole, { page: page.inner }),
    ),
  )
