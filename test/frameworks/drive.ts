import type { Browser } from 'playwright-core'
import { complaintsIn } from '../support/next-log.js'
import type { Running } from '../support/processes.js'
import type { App } from './apps.js'
import { type Authority, startAuthority } from './authority.js'
import { CHECKS, type World } from './checks.js'
import { freeOrigin, type Project, type Workshop } from './workshop.js'

/** What came of one check. */
export interface Cell {
  readonly title: string
  /** What came of it, or why it failed. */
  readonly text: string
  readonly isFailed: boolean
}

/** What came of an app: a line of the matrix. */
export interface Row {
  readonly app: App
  /** The framework and its version, and the Node that ran it, as far as they are known. */
  readonly version: string
  readonly node: string
  readonly cells: readonly Cell[]
}

/** The columns of the matrix. */
export const TITLES: readonly string[] = ['build', ...CHECKS.map(({ title }) => title)]

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : `${error}`)

async function cellOf(title: string, work: () => Promise<string>): Promise<Cell> {
  try {
    return { title, text: await work(), isFailed: false }
  } catch (error) {
    return { title, text: messageOf(error), isFailed: true }
  }
}

const untried = (title: string): Cell => ({ title, text: 'not tried', isFailed: true })

/** Drives an app that runs, one check after the other; a log of Next in which something is wrong fails the check. */
async function drive(world: World, app: App, running: Running): Promise<readonly Cell[]> {
  const cells: Cell[] = []
  for (const { title, run } of CHECKS) {
    const cell = await cellOf(title, async () => {
      const text = await run(world)
      const wrong = app.framework === 'next' ? complaintsIn(running.log()) : []
      if (wrong.length > 0) throw new Error(`Its log complains: ${wrong.join('\n')}`)
      return text
    })
    cells.push(cell)
    if (cell.isFailed) {
      console.error(`${title} failed: ${cell.text}\n${running.log().slice(-4_000)}`)
    }
  }
  return cells
}

/** What apps are driven with. */
export interface Tools {
  readonly workshop: Workshop
  readonly browser: Browser
}

/** What is known of an app before it runs. */
interface Stage extends Tools {
  readonly place: Awaited<ReturnType<typeof freeOrigin>>
  readonly authority: Authority
}

/** Installs, builds, starts and drives an app, and stops it, whatever comes of it. */
async function playOn(app: App, { workshop, browser, place, authority }: Stage): Promise<Row> {
  const { origin, port } = place
  const settings = { ...authority.settings, ORIGIN: origin }
  let project: Project | undefined
  let running: Running | undefined
  const build = await cellOf('build', async () => {
    project = await workshop.install(app)
    await project.build(settings)
    running = await project.start(settings, port)
    const { status } = await fetch(origin)
    if (status !== 200) throw new Error(`The page for everybody says ${status}:\n${running.log()}`)
    return 'yes'
  })
  const { version = '', node = '' } = { ...project }
  try {
    const rest =
      !build.isFailed && running
        ? await drive({ origin, authority, app, browser }, app, running)
        : CHECKS.map(({ title }) => untried(title))
    return { app, version, node, cells: [build, ...rest] }
  } finally {
    await running?.stop()
    await project?.remove()
  }
}

/** Installs an app, builds it, starts it, and drives it. */
export async function play(app: App, tools: Tools): Promise<Row> {
  const place = await freeOrigin(app.host)
  const authority = await startAuthority(app.server, place.origin)
  return playOn(app, { ...tools, place, authority }).finally(() => authority.close())
}
