import type { App } from './apps.js'
import { type Authority, startAuthority } from './authority.js'
import { CHECKS, type World } from './checks.js'
import type { Running } from './processes.js'
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

/** Drives an app that runs, one check after the other. */
async function drive(world: World, app: Running): Promise<readonly Cell[]> {
  const cells: Cell[] = []
  for (const { title, run } of CHECKS) {
    const cell = await cellOf(title, () => run(world))
    cells.push(cell)
    if (cell.isFailed) console.error(`${title} failed: ${cell.text}\n${app.log().slice(-4_000)}`)
  }
  return cells
}

/** Builds and starts an app, drives it, and stops it, whatever comes of it. */
async function playOn(
  project: Project,
  authority: Authority,
  { origin, port }: Awaited<ReturnType<typeof freeOrigin>>,
): Promise<readonly Cell[]> {
  const settings = { ...authority.settings, ORIGIN: origin }
  let app: Running | undefined
  const build = await cellOf('build', async () => {
    await project.build(settings)
    app = await project.start(settings, port)
    return 'yes'
  })
  if (!app) {
    console.error(`build failed: ${build.text}`)
    return [build, ...CHECKS.map(({ title }) => untried(title))]
  }
  const running = app
  return [build, ...(await drive({ origin, authority }, running).finally(() => running.stop()))]
}

/** Installs an app, builds it, starts it, and drives it. @throws Error when it cannot be installed. */
export async function play(app: App, workshop: Workshop): Promise<Row> {
  const project = await workshop.install(app)
  const place = await freeOrigin()
  const authority = await startAuthority(app.server, place.origin)
  try {
    const cells = await playOn(project, authority, place)
    const { version, node } = project
    return { app, version, node, cells }
  } finally {
    await authority.close()
    await project.remove()
  }
}
