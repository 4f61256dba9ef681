// A process of a server app, with one SDK in it: does as it is told and says what it took.
import { createHoldfast } from './holdfast.js'
import type { Done, Order, ProcessOptions, Sdk } from './sdks.js'
import { createWorkOS } from './workos-node.js'

const { sdk: name, ...surroundings }: ProcessOptions = JSON.parse(process.argv[2] ?? '{}')
const create = { holdfast: createHoldfast, workos: createWorkOS }[name]
const sdk: Sdk = await create(surroundings)

/** One call after the other, as often as told; resolves to the newest cookie. */
async function inTurn({ work, cookie, calls }: Order): Promise<string> {
  let newest: string | null = cookie
  for (let left = calls; left > 0 && newest !== null; left--) {
    if (work === 'refresh') newest = await sdk.refresh(newest)
    else if (!(await sdk.authenticate(newest))) newest = null
  }
  if (newest === null) throw new Error(`${name}: ${work} gave no session.`)
  return newest
}

/** All calls at once, as requests come that hold the same cookie; resolves to their new cookies. */
const together = ({ cookie, calls }: Order): Promise<readonly (string | null)[]> =>
  Promise.all(Array.from({ length: calls }, () => sdk.refresh(cookie).catch(() => null)))

async function carryOut(order: Order): Promise<Done> {
  const [from, before] = [performance.now(), process.cpuUsage()]
  const cookies = order.work === 'refresh-together' ? await together(order) : [await inTurn(order)]
  const { user, system } = process.cpuUsage(before)
  const spent = { time: performance.now() - from, cpu: (user + system) / 1_000 }
  const working = await Promise.all(
    cookies.map((cookie) => cookie !== null && sdk.authenticate(cookie).catch(() => false)),
  )
  const cookie = cookies.find((one) => one !== null) ?? order.cookie
  return { ...spent, cookie, working: working.filter(Boolean).length }
}

process.on('message', async (order: Order) => process.send?.(await carryOut(order)))
process.on('disconnect', () => process.exit())
process.send?.('ready')
