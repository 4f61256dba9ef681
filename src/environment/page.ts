import type { Page } from '../core/ports.js'

/** The document of this context; workers and servers have none. */
export const documentHere = (): Document | undefined => globalThis.document

/**
 * Settles once a page that was rendered ahead is shown (Prerendering Revamped §3): most such pages never
 * are, and Chromium grants them no Web Lock.
 */
function activation(): Promise<void> | null {
  const page: (Document & { readonly prerendering?: boolean }) | undefined = documentHere()
  if (!page?.prerendering) return null
  return new Promise((resolve) => {
    page.addEventListener('prerenderingchange', () => resolve(), { once: true })
  })
}

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
    activation,
  }
}

/** Goes to another address, where there is a page that can. Tells whether there is. */
export function leaveFor(href: string): boolean {
  if (!documentHere()) return false
  location.assign(href)
  return true
}
