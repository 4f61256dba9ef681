import { type Figure, median } from '../figures.js'
import type { ServerLab, ServerScenario } from './lab.js'
import { perSdk, SDKS, type SdkName } from './sdks.js'

/** Batches that warm up the code, and batches that count; calls of each. */
interface Plan {
  readonly warmUp: number
  readonly batches: number
  readonly calls: number
}

/** Calls in a second of one core, from the ms of one call. */
function rate(costs: readonly number[]): Figure {
  const score = median(costs)
  const perSecond = 1_000 / score
  const text = perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toPrecision(3)
  return { text, score, raw: costs.map((cost) => 1_000 / cost) }
}

/** Batches of both processes in turns; the ms of a core that a call takes, batch by batch. */
async function measure(
  { desk, start, quick }: ServerLab,
  work: 'authenticate' | 'refresh',
): Promise<Readonly<Record<SdkName, readonly number[]>>> {
  const plan: Plan = quick
    ? { warmUp: 1, batches: 2, calls: 20 }
    : { warmUp: 3, batches: 9, calls: 100 }
  const cookie = await desk.signIn()
  desk.latency = 0
  const processes = await perSdk((sdk) => start({ sdk }))
  // A refresh token is worth one exchange, so that each process has a session of its own then.
  const cookies = {
    holdfast: cookie,
    workos: work === 'refresh' ? await desk.signIn() : cookie,
  }
  const costs: Record<SdkName, number[]> = { holdfast: [], workos: [] }
  for (let batch = -plan.warmUp; batch < plan.batches; batch++) {
    // Neither SDK is always the second.
    for (const sdk of batch % 2 ? SDKS : [...SDKS].reverse()) {
      const done = await processes[sdk].ask({ work, cookie: cookies[sdk], calls: plan.calls })
      cookies[sdk] = done.cookie
      if (batch >= 0) costs[sdk].push(done.cpu / plan.calls)
    }
  }
  const expected = work === 'refresh' ? 2 * plan.calls * (plan.warmUp + plan.batches) : 0
  for (const sdk of SDKS) processes[sdk].end()
  if (desk.exchanges() !== expected) {
    throw new Error(`${desk.exchanges()} exchanges were sent instead of ${expected}.`)
  }
  return costs
}

const speedOf = (work: 'authenticate' | 'refresh'): ServerScenario => ({
  name: `\`${work}()\``,
  async run(lab) {
    const costs = await measure(lab, work)
    return perSdk(async (sdk) => ({ 'calls per second of one core, median': rate(costs[sdk]) }))
  },
})

/** Whose session a cookie holds. */
export const authenticateSpeed: ServerScenario = speedOf('authenticate')

/** A refresh token for new tokens. */
export const refreshSpeed: ServerScenario = speedOf('refresh')
