const KEY = 'holdfast.devtools'

/** Whether the panel was open in this tab when it was last opened or closed; `null` if it never was. */
export function wasOpen(): boolean | null {
  try {
    const text = sessionStorage.getItem(KEY)
    return text === null ? null : text === 'open'
  } catch {
    // Storage is blocked: each page begins anew.
    return null
  }
}

/** Remembers that for the next page of this tab. */
export function writeOpen(isOpen: boolean): void {
  try {
    sessionStorage.setItem(KEY, isOpen ? 'open' : 'closed')
  } catch {
    // Storage is blocked or full: the next page begins anew.
  }
}
