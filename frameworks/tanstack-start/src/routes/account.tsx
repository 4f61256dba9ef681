import { createFileRoute, redirect } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'
import { setResponseStatus } from '@tanstack/react-start/server'
import { useEffect } from 'react'
import { getAuth, signOut } from '../page-auth'

const getAccount = createServerFn().handler(({ context }) => {
  const { session, failure } = context.found
  if (session) return { email: session.user.email }
  if (!failure?.retryable) {
    throw redirect({ href: '/auth/sign-in?returnTo=/account', reloadDocument: true })
  }
  // The auth server is down and the token is dead: nobody has signed out.
  setResponseStatus(503)
  return null
})

export const Route = createFileRoute('/account')({
  loader: () => getAccount(),
  component: Account,
})

function Account() {
  const account = Route.useLoaderData()
  // Another tab has signed out.
  useEffect(
    () =>
      getAuth().onAuthStateChange((event) => {
        if (event === 'SIGNED_OUT') location.href = '/'
      }),
    [],
  )
  if (!account) return <p>Try again in a moment.</p>
  return (
    <>
      <p>{`Signed in as ${account.email}.`}</p>
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </>
  )
}
