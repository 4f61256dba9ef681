import type { CDPSession, Page } from 'playwright-core'
import { CLIENTS, type ClientName, perClient } from '../bundles.js'
import { bytes, duration, type Figures, type Scenario } from '../figures.js'
import { type Lab, onStage, type Stage } from '../lab.js'

/** Bytes of a page that has the client and localStorage. */
export const size: Scenario<Lab> = {
  name: 'Bundle',
  run: ({ sizes }) =>
    perClient(async (client) => ({ 'minified, gzip -9': bytes([sizes[client]]) })),
}

/** One stage for each client at the same time, so that rounds can alternate. */
const onBothStages = <T>(
  lab: Lab,
  play: (stages: Readonly<Record<ClientName, Stage>>) => Promise<T>,
): Promise<T> =>
  onStage({ lab, client: 'holdfast' }, (holdfast) =>
    onStage({ lab, client: 'auth-js' }, (peer) => play({ holdfast, 'auth-js': peer })),
  )

async function loadOnce(page: Page): Promise<number> {
  await page.reload()
  const load = await page.evaluate(() => window.load)
  if (load?.kind !== 'session') throw new Error(`The page loaded with ${load?.kind}.`)
  return load.ms
}

/** A page load with a valid session in storage: from the script's first statement to the session. */
export const pageLoad: Scenario<Lab> = {
  name: 'Page load with a stored session',
  run: (lab) =>
    onBothStages(lab, async (stages) => {
      const [warmUp, loads] = lab.quick ? [1, 3] : [5, 41]
      const pages = await perClient(async (client) => {
        const page = await stages[client].signedIn()
        await page.goto(`${stages[client].site.url}?load`)
        return page
      })
      const times: Record<ClientName, number[]> = { holdfast: [], 'auth-js': [] }
      for (let round = 0; round < warmUp + loads; round++) {
        // Neither client is always the second.
        for (const client of round % 2 ? CLIENTS : [...CLIENTS].reverse()) {
          const ms = await loadOnce(pages[client])
          if (round >= warmUp) times[client].push(ms)
        }
      }
      return perClient(async (client) => ({
        'script start to session, median': duration(times[client]),
      }))
    }),
}

const readMany = (page: Page, calls: number): Promise<number> =>
  page.evaluate(async (times) => {
    const from = performance.now()
    for (let left = times; left > 0; left--) await window.peer.read()
    return (performance.now() - from) / times
  }, calls)

/** Awaited calls with a valid token, in batches. */
export const readCost: Scenario<Lab> = {
  name: 'Cost of `getSession()`',
  run: (lab) =>
    onBothStages(lab, async (stages) => {
      const [batches, calls] = lab.quick ? [2, 1_000] : [9, 10_000]
      const pages = await perClient((client) => stages[client].signedIn())
      const costs: Record<ClientName, number[]> = { holdfast: [], 'auth-js': [] }
      for (let batch = -1; batch < batches; batch++) {
        for (const client of CLIENTS) {
          const cost = await readMany(pages[client], calls)
          // The first warms up.
          if (batch >= 0) costs[client].push(cost)
        }
      }
      return perClient(async (client) => ({ 'per call, median': duration(costs[client]) }))
    }),
}

const CLIENTS_KEPT = 100

/** Makes clients under keys of their own, and waits until each has started. */
const keep = (page: Page, clients: number): Promise<void> =>
  page.evaluate(async (many) => {
    for (let i = 0; i < many; i++) window.kept.push(window.create(`key-${window.kept.length}`))
    await Promise.all(window.kept.map((peer) => peer.getSession()))
  }, clients)

async function heapOf(devtools: CDPSession): Promise<number> {
  // Twice: what the first collection finalizes is free after the second.
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize
}

const weigh = (lab: Lab, client: ClientName): Promise<number> =>
  onStage({ lab, client }, async (stage) => {
    const page = await stage.tab()
    const devtools = await stage.context.newCDPSession(page)
    // Code that is compiled at first use is paid by the page once.
    await keep(page, 3)
    const before = await heapOf(devtools)
    await keep(page, CLIENTS_KEPT)
    return ((await heapOf(devtools)) - before) / CLIENTS_KEPT
  })

/** JavaScript heap for each client on a page, beyond the code. */
export const memory: Scenario<Lab> = {
  name: 'Memory',
  run: (lab) =>
    perClient(async (client): Promise<Figures> => {
      const weights: number[] = []
      for (let left = lab.quick ? 1 : 5; left > 0; left--) weights.push(await weigh(lab, client))
      return { 'heap of one client, median': bytes(weights) }
    }),
}
