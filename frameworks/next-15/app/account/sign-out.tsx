'use client'

import { useEffect } from 'react'
import { getAuth, signOut } from '../../lib/page-auth'

export function SignOut() {
  // Another tab has signed out.
  useEffect(
    () =>
      getAuth().onAuthStateChange((event) => {
        if (event === 'SIGNED_OUT') location.href = '/'
      }),
    [],
  )
  return (
    <button type="button" onClick={signOut}>
      Sign out
    </button>
  )
}
