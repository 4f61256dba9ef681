import { createFileRoute, redirect } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'
import { setResponseStatus } from '@tanstack/react-start/server'
import { onUserChange } from 'holdfast'
import { useEffect } from 'react'
import { getAuth, signOut } from '../page-auth'

const getAccount = createServerFn().handler(({ context }) => {
  const { session, failure } = context.found
  if (session) return { userId: session.user.id, email: session.user.email }
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
  return account ? <Known {...account} /> : <p>Try again in a moment.</p>
}

function Known({ userId, email }: { readonly userId: string; readonly email: string | undefined }) {
  // Somebody may sign out elsewhere, or in as another person, also before this page wakes up.
  useEffect(() => onUserChange(getAuth(), userId, () => location.assign('/')), [userId])
  return (
    <>
      <p>{`Signed in as ${email}.`}</p>
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </>
  )
}
