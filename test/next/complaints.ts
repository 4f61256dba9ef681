import type { BrowserContext } from 'playwright-core'

/**
 * Notes what goes wrong in the pages of a browser: their errors, those in their consoles, and answers that refuse
 * something, such as `403 GET /team`.
 */
export function notice(context: BrowserContext, problems: string[]): void {
  context.on('weberror', (error) => problems.push(String(error.error())))
  context.on('console', (message) => {
    // Of an answer that refuses something it says no more than its status.
    const isCopy = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isCopy) problems.push(message.text())
  })
  context.on('response', (response) => {
    if (response.status() < 400) return
    const { pathname } = new URL(response.url())
    problems.push(`${response.status()} ${response.request().method()} ${pathname}`)
  })
}
