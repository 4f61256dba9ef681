import { listen } from './listen.js'

/** What a person does in a page. Moving the pointer across it is not meant for it. */
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const

/**
 * Calls back when somebody uses this page; what a script makes up does not count. Returns the way to
 * stop. Workers and servers have nobody in them.
 */
export const platformActivity = (onActivity: () => void): (() => void) =>
  listen(
    SIGNS.map((sign) => [globalThis, sign, ({ isTrusted }) => isTrusted && onActivity()]),
    // Before any listener of the page, which may stop it, and without holding up its scrolling.
    { capture: true, passive: true },
  )
