import { duration } from '../figures.js'
import type { ServerLab, ServerScenario } from './lab.js'
import type { Process } from './processes.js'
import { perSdk, SDKS, type SdkName } from './sdks.js'

/** Batches that warm up the code, and batches that count; calls of each. */
interface Plan {
  readonly warmUp: number
  readonly batches: number
  readonly calls: number
}

const planOf = ({ quick }: ServerLab, calls: number): Plan =>
  quick ? { warmUp: 1, batches: 2, calls: 20 } : { warmUp: 3, batches: 9, calls }

/** What a batch of one SDK took, in ms of a core for all its calls. */
type Batch = (process: Process, sdk: SdkName, index: number) => Promise<number>

/** Batches of both SDKs in turns, each in a process of its own; the CPU time of a call, batch by batch. */
async function measure(lab: ServerLab, { warmUp, batches, calls }: Plan, batch: Batch) {
  lab.desk.latency = 0
  const processes = await perSdk((sdk) => lab.start({ sdk }))
  const costs: Record<SdkName, number[]> = { holdfast: [], workos: [] }
  for (let index = 0; index < warmUp + batches; index++) {
    // Neither SDK is always the second.
    for (const sdk of index % 2 ? SDKS : [...SDKS].reverse()) {
      const cpu = await batch(processes[sdk], sdk, index)
      if (index >= warmUp) costs[sdk].push(cpu / calls)
    }
  }
  for (const sdk of SDKS) processes[sdk].end()
  return perSdk(async (sdk) => ({ 'CPU time of a call, median': duration(costs[sdk]) }))
}

/** Whose session a cookie holds that the process has never seen: each is another session's. */
export const newCookies: ServerScenario = {
  name: '`authenticate()`, each cookie new',
  async run(lab) {
    const plan = planOf(lab, 100)
    const cookies: string[] = []
    const needed = (plan.warmUp + plan.batches) * plan.calls
    while (cookies.length < needed) cookies.push(await lab.desk.signIn())
    return measure(lab, plan, async (process, _, index) => {
      const own = cookies.slice(index * plan.calls, (index + 1) * plan.calls)
      return (await process.ask({ work: 'authenticate', cookies: own, calls: plan.calls })).cpu
    })
  },
}

/** Whose session a cookie holds that comes again and again. */
export const sameCookie: ServerScenario = {
  name: '`authenticate()`, the same cookie again',
  async run(lab) {
    const plan = planOf(lab, 1_000)
    const cookies = [await lab.desk.signIn()]
    return measure(
      lab,
      plan,
      async (process) =>
        (await process.ask({ work: 'authenticate', cookies, calls: plan.calls })).cpu,
    )
  },
}

/** A refresh token for new tokens. */
export const refreshSpeed: ServerScenario = {
  name: '`refresh()`',
  async run(lab) {
    const plan = planOf(lab, 100)
    // A refresh token is worth one exchange, so that each process has a session of its own.
    const cookies = await perSdk(() => lab.desk.signIn())
    const newest: Record<SdkName, string> = { ...cookies }
    const figures = await measure(lab, plan, async (process, sdk) => {
      const order = { work: 'refresh', cookie: newest[sdk], calls: plan.calls } as const
      const done = await process.ask(order)
      newest[sdk] = done.cookie
      return done.cpu
    })
    const expected = SDKS.length * plan.calls * (plan.warmUp + plan.batches)
    if (lab.desk.exchanges() !== expected) {
      throw new Error(`${lab.desk.exchanges()} exchanges were sent instead of ${expected}.`)
    }
    return figures
  },
}
