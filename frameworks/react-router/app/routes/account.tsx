import { useEffect } from 'react'
import { data, isRouteErrorResponse, redirectDocument } from 'react-router'
import { getAuth, signOut } from '../auth.client'
import { foundContext } from '../session'
import type { Route } from './+types/account'

export function loader({ context }: Route.LoaderArgs) {
  const { session, failure } = context.get(foundContext)
  if (session) return { email: session.user.email }
  // The auth server is down and the token is dead: nobody has signed out.
  if (failure?.retryable) throw data('Try again in a moment.', 503)
  throw redirectDocument('/auth/sign-in?returnTo=/account')
}

export default function Account({ loaderData }: Route.ComponentProps) {
  // Another tab has signed out.
  useEffect(
    () =>
      getAuth().onAuthStateChange((event) => {
        if (event === 'SIGNED_OUT') location.href = '/'
      }),
    [],
  )
  return (
    <>
      <p>{`Signed in as ${loaderData.email}.`}</p>
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </>
  )
}

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <p>{isRouteErrorResponse(error) ? error.data : 'Something went wrong.'}</p>
}
