'use client'

import { onUserChange } from 'holdfast'
import type { SessionView } from 'holdfast/react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect } from 'react'
import { AuthProvider, auth } from '../lib/client'

const roleOf = ({ organizationId, permissions }: SessionView): string =>
  `${organizationId} ${permissions}`

/** Keeps the page's own client in step with what the server rendered. */
export function Live({
  initial,
  children,
}: {
  readonly initial: SessionView
  readonly children: ReactNode
}) {
  const router = useRouter()
  const userId = initial.user?.id ?? null
  const shown = roleOf(initial)
  useEffect(
    () =>
      onUserChange(auth, userId, (_session, reason) => {
        // Who signs out on this page is on their way to another one.
        if (reason !== 'user') router.refresh()
      }),
    [router, userId],
  )
  useEffect(
    () =>
      auth.onAuthStateChange((_event, session) => {
        if (session && roleOf(session) !== shown) router.refresh()
      }),
    [router, shown],
  )
  return (
    <AuthProvider client={auth} initialSession={initial}>
      {children}
    </AuthProvider>
  )
}
