import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { alignedTable, insertBetween } from '../support/markdown.js'
import { createAdmin, type RealmSettings } from './admin.js'
import { backChannel } from './checks/back-channel.js'
import { bound, pushed } from './checks/bound.js'
import type { Check } from './checks/check.js'
import { ends } from './checks/ends.js'
import { newKey } from './checks/keys.js'
import { outage } from './checks/outage.js'
import { concurrent, expiries, forced, lost, replays, signIn } from './checks/refreshing.js'
import { clientOff, realmOff, refusals } from './checks/refusals.js'
import { createRealmLab, type RealmLab } from './lab.js'
import { type Keycloak, prepareKeycloak, VERSION } from './process.js'

/** In s: short, so that nobody waits for expiries. */
const LIFE = 10

const REALMS: readonly (RealmSettings & { readonly title: string })[] = [
  { name: 'rotation-off', title: 'rotation off', rotation: 'off', accessTokenLifespan: LIFE },
  {
    name: 'rotation-strict',
    title: 'rotation, reuse 0',
    rotation: { reuses: 0 },
    accessTokenLifespan: LIFE,
  },
  {
    name: 'rotation-reuse',
    title: 'rotation, reuse 1',
    rotation: { reuses: 1 },
    accessTokenLifespan: LIFE,
  },
]

const CHECKS: readonly Check[] = [
  signIn,
  expiries,
  forced,
  ...replays,
  lost,
  concurrent,
  ...refusals,
  clientOff,
  realmOff,
  ...ends,
  bound,
  pushed,
  backChannel,
  newKey,
]

const OUTAGE = 'The server is stopped, and started after the token’s end'

/** One line of the table: what was tried, and what came of it in each realm. */
interface Row {
  readonly name: string
  readonly cells: readonly string[]
  readonly failed: boolean
}

const failed = (error: unknown): Error => (error instanceof Error ? error : new Error(`${error}`))

/** Waits for what each realm came to. A failure stands in its cell. */
async function rowOf(name: string, outcomes: readonly Promise<string>[]): Promise<Row> {
  const results = await Promise.all(outcomes.map((outcome) => outcome.catch(failed)))
  const cells = results.map((result) =>
    result instanceof Error ? `FAILED: ${result.message}` : result,
  )
  console.error(`${name}\n${cells.map((cell) => `    ${cell}`).join('\n')}`)
  return { name, cells, failed: results.some((result) => result instanceof Error) }
}

/** All realms at once, one check after the other. */
async function playAll(keycloak: Keycloak, words: string): Promise<readonly Row[]> {
  const admin = createAdmin(keycloak)
  const labs: RealmLab[] = []
  for (const settings of REALMS) {
    labs.push(await createRealmLab(keycloak.origin, admin, settings))
  }
  const rows: Row[] = []
  for (const { name, run } of CHECKS) {
    if (name.includes(words)) rows.push(await rowOf(name, labs.map(run)))
  }
  if (OUTAGE.includes(words)) {
    const all = outage(keycloak, labs)
    rows.push(
      await rowOf(
        OUTAGE,
        labs.map(async (_, index) => (await all)[index] ?? ''),
      ),
    )
  }
  for (const lab of labs) lab.close()
  return rows
}

/** Tries everything on a Keycloak of its own and prints the table; resolves to the exit code. */
export async function main(root: string, args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      docs: { type: 'boolean', default: false },
    },
  })
  if (values.docs && values.only) {
    console.error('`--docs` writes the whole table: leave `--only` out.')
    return 1
  }
  const keycloak = await prepareKeycloak(root)
  await keycloak.start()
  const rows = await playAll(keycloak, values.only).finally(() => keycloak.stop())
  const head = ['what', ...REALMS.map(({ title }) => title)]
  const table = alignedTable(
    head,
    rows.map(({ name, cells }) => [name, ...cells]),
  )
  const date = new Date().toISOString().slice(0, 10)
  const report = `Keycloak ${VERSION}, access tokens of ${LIFE} s, ${date}:\n\n${table}`
  console.log(report)
  if (rows.some((row) => row.failed)) return 1
  if (values.docs) insertBetween(join(root, 'docs/servers.md'), 'keycloak table', report)
  return 0
}
