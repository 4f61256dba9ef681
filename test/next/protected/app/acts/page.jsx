import { auth } from '../../auth.js'

async function renew() {
  'use server'
  await auth.refreshSession({ ensureSignedIn: true })
}

async function leave() {
  'use server'
  await auth.signOut({ returnTo: '/app' })
}

/** Its buttons post its forms, with and without scripts. */
export default async function Acts() {
  const { user, accessToken = '' } = await auth.withAuth()
  return (
    <>
      <form action={renew}>
        <button type="submit">Renew</button>
      </form>
      <form action={leave}>
        <button type="submit">Leave</button>
      </form>
      <p>{`${user?.email ?? 'nobody'} ${accessToken.slice(-12)}`}</p>
    </>
  )
}
