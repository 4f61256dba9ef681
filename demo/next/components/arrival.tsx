'use client'

import { useEffect } from 'react'

/** Where a tab keeps what it showed last, also on the page that a redirect has left. */
const SHOWN = 'shown'

let isLeaving = false

/** Goes to an address, whose page is news, also if this one shows the same by then. */
export function leaveFor(address: string): void {
  isLeaving = true
  sessionStorage.setItem(SHOWN, 'elsewhere')
  location.assign(address)
}

/** Brings the focus to the heading for whoever has come back from a sign-in or a sign-out. */
export function Arrival({ status }: { readonly status: 'signed-in' | 'signed-out' }) {
  useEffect(() => {
    if (isLeaving) return
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
