import { duration, type Figures } from '../figures.js'
import type { ServerLab, ServerScenario } from './lab.js'
import { perSdk, SDKS, type SdkName } from './sdks.js'

/** What an app that starts imports of Holdfast. WorkOS's SDK is one module. */
const OURS = ['holdfast/server', 'holdfast/server/workos'] as const
const THEIRS = '@workos-inc/node'

/** One import in a new process each, both in turns; the ms of a core that each took. */
async function measure({ once, quick }: ServerLab, module: string) {
  const costs: Record<SdkName, number[]> = { holdfast: [], workos: [] }
  const modules = { holdfast: module, workos: THEIRS }
  // The first of each brings the files into memory.
  for (let round = -1; round < (quick ? 2 : 21); round++) {
    for (const sdk of round % 2 ? SDKS : [...SDKS].reverse()) {
      const cost = Number(await once('importer', modules[sdk]))
      if (round >= 0) costs[sdk].push(cost)
    }
  }
  return costs
}

/** What it takes until the SDK is there, in a process that has just started. */
export const importCost: ServerScenario = {
  name: 'Import',
  async run(lab) {
    const figures: Record<SdkName, Record<string, Figures[string]>> = { holdfast: {}, workos: {} }
    for (const module of OURS) {
      const costs = await measure(lab, module)
      const row = `CPU time of \`${module}\`, median`
      for (const sdk of SDKS) figures[sdk][row] = duration(costs[sdk])
    }
    return perSdk(async (sdk) => figures[sdk])
  },
}
