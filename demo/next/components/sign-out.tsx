'use client'

import { type ReactNode, useState } from 'react'
import { auth } from '../lib/client'
import { leaveFor } from './arrival'

export function SignOut({ children }: { readonly children: ReactNode }) {
  const [busy, setBusy] = useState(false)

  async function leave(): Promise<void> {
    setBusy(true)
    try {
      const href = await auth.actions.signOut({ returnTo: '/' })
      // All tabs hear of it.
      await auth.signOut()
      leaveFor(href)
    } catch {
      setBusy(false)
    }
  }

  return (
    <button type="button" disabled={busy} onClick={leave}>
      {children}
    </button>
  )
}
