import { expect, it } from 'vitest'
import { simulate } from '../../scripts/simulate.mjs'
import { sum } from '../simulation/tally.js'
import { assertThorough } from '../simulation/thorough.js'

const RUNS = 20_000
/** So many of them speak OpenID Connect. */
const OIDC_RUNS = 4_000
/** Other worlds than those of `npm run simulate`, which begins with 1. */
const SEED = 2_000_000_000
/** After so many ms without a sign of life a world hangs. It has only the time that other parts of the tests leave it. */
const PATIENCE = 20 * 60_000

it.each([
  { protocol: 'gotrue', runs: RUNS - OIDC_RUNS },
  { protocol: 'oidc', runs: OIDC_RUNS },
] as const)(
  'in $runs random worlds of $protocol nobody is signed out, served or told what should not be',
  async ({ protocol, runs }) => {
    const { tally, violations, reports, ms } = await simulate({
      runs,
      seed: SEED,
      protocol,
      patience: PATIENCE,
      explain: true,
    })
    process.stdout.write(
      `${runs} random worlds of ${protocol} from seed ${SEED} in ${Math.round(ms / 1000)} s: ` +
        `${tally.contexts} contexts, ${sum(tally, 'fault ')} faults, ` +
        `${tally['refreshes needed']} refreshes needed, ${tally['refreshes sent']} sent, ` +
        `${sum(tally, 'evaluated ')} evaluations, ${violations.length} violations\n`,
    )
    expect(reports.join('\n\n')).toBe('')
    expect(violations).toEqual([])
    assertThorough(tally, protocol)
  },
  60 * 60_000,
)
