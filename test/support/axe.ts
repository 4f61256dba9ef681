import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../package/compile.js'

/** What axe says of a page. */
interface Report {
  readonly violations: readonly {
    readonly id: string
    readonly help: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

declare global {
  /** The part of axe-core that a page is asked for. */
  var axe: { run(options: object): Promise<Report> }
}

const script = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')

/** What bars people from a page: a line for each rule, or for each of these rules, with the elements. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = {
    resultTypes: ['violations'],
    ...(rules && { runOnly: { type: 'rule', values: rules } }),
  }
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(script)
  const report = await page.evaluate((given) => globalThis.axe.run(given), options)
  return report.violations.map(({ id, help, nodes }) => {
    const where = nodes.slice(0, 3).map(({ html, failureSummary = '' }) => {
      const [, why = ''] = failureSummary.split('\n')
      return `${html.slice(0, 200)} (${why.trim()})`
    })
    return `${id}: ${help}, ${nodes.length} times: ${where.join(' ')}`
  })
}

/** The same in light and in dark: a line for each rule, which begins with the colours. */
export async function violationsInBoth(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    found.push(...(await violations(page)).map((line) => `${colorScheme}: ${line}`))
  }
  return found
}
