import type { Page } from '../core/ports.js'

/** The document of this context; workers and servers have none. */
export const documentHere = (): Document | undefined => globalThis.document

/** The address of this page, if there is a page and its address is one (`about:srcdoc` is not). */
export function platformPage(): Page {
  return {
    href: () => (documentHere() && location.protocol !== 'about:' ? location.href : null),
    replace(href) {
      try {
        history.replaceState(history.state, '', href)
      } catch {
        // No page, or one that may not change its address: there is nothing to clean.
      }
    },
  }
}

/** Goes to another address, where there is a page that can. Tells whether there is. */
export function leaveFor(href: string): boolean {
  if (!documentHere()) return false
  location.assign(href)
  return true
}
