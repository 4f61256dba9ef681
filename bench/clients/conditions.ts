/**
 * Conditions that a page is put under before any script of it runs. Each function goes to the page
 * as text, so it may name nothing outside itself.
 */

/** Lets the page's clocks be moved: `date` is the wall clock, `monotonic` the one that runs on. */
export function installSkew(skew: { date: number; monotonic: number }): void {
  window.skew = skew
  const running = performance.now.bind(performance)
  performance.now = () => running() + skew.monotonic
  window.Date = new Proxy(Date, {
    construct: (date, parts, target) =>
      Reflect.construct(date, parts.length ? parts : [date.now() + skew.date], target),
    get: (date, name, target) =>
      name === 'now' ? () => date.now() + skew.date : Reflect.get(date, name, target),
  })
}

/** Lets storage be full: while `window.full`, every write fails as browsers let it fail. */
export function installQuota(): void {
  window.full = false
  const write = Storage.prototype.setItem
  Storage.prototype.setItem = function (key, value) {
    if (window.full) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    write.call(this, key, value)
  }
}

/** Lets the page be hidden and shown, in the way in which browsers tell. */
export function installVisibility(): void {
  let state: DocumentVisibilityState = 'visible'
  Object.defineProperty(document, 'visibilityState', { get: () => state })
  Object.defineProperty(document, 'hidden', { get: () => state === 'hidden' })
  window.show = (next) => {
    state = next
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  }
}

declare global {
  interface Window {
    /** There with `installVisibility` only. */
    show: (state: DocumentVisibilityState) => void
  }
}
