'use client'

import { useEffect } from 'react'

/** Where a tab keeps what it showed last, also on the page that a redirect has left. */
const SHOWN = 'shown'

/** Brings the focus to the heading for whoever has come back from a sign-in or a sign-out. */
export function Arrival({ status }: { readonly status: 'signed-in' | 'signed-out' }) {
  useEffect(() => {
    const before = sessionStorage.getItem(SHOWN) ?? status
    sessionStorage.setItem(SHOWN, status)
    const heading = document.querySelector('h1')
    // What a tab shows first takes the focus from nobody.
    if (before === status || !heading) return
    heading.tabIndex = -1
    heading.focus()
  }, [status])
  return null
}
