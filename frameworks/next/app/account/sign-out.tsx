'use client'

import { onUserChange } from 'holdfast'
import { useEffect } from 'react'
import { getAuth, signOut } from '../../lib/page-auth'

export function SignOut({ userId }: { readonly userId: string }) {
  // Somebody may sign out elsewhere, or in as another person, also before this page wakes up.
  useEffect(() => onUserChange(getAuth(), userId, () => location.assign('/')), [userId])
  return (
    <button type="button" onClick={signOut}>
      Sign out
    </button>
  )
}
