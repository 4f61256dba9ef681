'use client'

import type { SessionView } from 'holdfast/react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect } from 'react'
import { AuthProvider, auth } from '../lib/client'

/** Keeps the page's own client in step with what the server rendered. */
export function Live({
  initial,
  children,
}: {
  readonly initial: SessionView
  readonly children: ReactNode
}) {
  const router = useRouter()
  const shown = `${initial.user?.id} ${initial.organizationId} ${initial.permissions}`
  useEffect(
    () =>
      auth.onAuthStateChange((event, session, detail) => {
        const known = `${session?.user?.id} ${session?.organizationId} ${session?.permissions}`
        // Who signs out on this page is on their way to another one. Who did so elsewhere before this page woke up is
        // nobody from its start.
        const gone =
          event === 'INITIAL_SESSION'
            ? !session
            : event === 'SIGNED_OUT' && detail.reason !== 'user'
        if (gone || (session && known !== shown)) router.refresh()
      }),
    [router, shown],
  )
  return (
    <AuthProvider client={auth} initialSession={initial}>
      {children}
    </AuthProvider>
  )
}
