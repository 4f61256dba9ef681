/** The page that drives itself: runs the suite and tells the test's server what came of it. */

import type { EngineCase, Finding, Part, World } from '../cases/case.js'
import { suites } from '../cases/index.js'
import {
  type Context,
  openFrame,
  openPopup,
  openWindow,
  startServiceWorker,
  startSharedWorker,
  startWorker,
} from './contexts.js'
import { server } from './server.js'

/** What came of a case. */
export interface Result extends Finding {
  readonly name: string
  readonly error?: string
  /** How long it took. */
  readonly ms: number
}

function createWorld(key: string): { world: World; end: () => Promise<void> } {
  const opened: Context[] = []
  const keep = (context: Context): Context => {
    opened.push(context)
    return context
  }
  const full = (part: Part) => ({ ...part, key })
  const { port } = location
  const host = location.hostname === 'localhost' ? '127.0.0.1' : 'localhost'
  const world: World = {
    server,
    key,
    elsewhere: `http://${host}:${port}`,
    frame: async (part, options) => keep(await openFrame(full(part), options)),
    window: async (part) => {
      const opened = await openWindow(full(part))
      keep(opened)
      return opened
    },
    popup: async (part, origin) => keep(await openPopup(full(part), origin)),
    worker: (part) => keep(startWorker(full(part))),
    sharedWorker: (part) => keep(startSharedWorker(full(part))),
    serviceWorker: async (part) => keep(await startServiceWorker(full(part))),
  }
  const end = async (): Promise<void> => {
    for (const context of opened) context.remove()
    await server.heal()
  }
  return { world, end }
}

async function run({ name, limit = 20_000, run: body }: EngineCase, key: string): Promise<Result> {
  const begin = performance.now()
  const { world, end } = createWorld(key)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No end within ${limit} ms.`)), limit)
  })
  const outcome = await Promise.race([body(world), late]).then(
    (finding) => finding ?? {},
    (error: unknown) => ({ error: String(error) }),
  )
  clearTimeout(timer)
  await end()
  return { name, ms: Math.round(performance.now() - begin), ...outcome }
}

const tell = (path: string, body: unknown): Promise<unknown> =>
  fetch(path, { method: 'POST', body: JSON.stringify(body) })

async function suite(): Promise<void> {
  const { searchParams } = new URL(location.href)
  const only = searchParams.get('only') ?? ''
  const cases = Object.entries(suites).find(([name]) => name === searchParams.get('suite'))?.[1]
  await tell('/started', navigator.userAgent)
  for (const [index, each] of (cases ?? []).entries()) {
    if (!each.name.includes(only)) continue
    const key = `case-${index}-${Math.random().toString(36).slice(2, 8)}`
    await tell('/result', await run(each, key))
  }
  await tell('/done', null)
}

void suite()
