// A process of a server app, with one SDK in it: does as it is told and says what it took.
import { createHoldfast } from './holdfast.js'
import type { Done, Order, ProcessOptions, Sdk } from './sdks.js'
import { createWorkOS } from './workos-node.js'

const { sdk: name, ...surroundings }: ProcessOptions = JSON.parse(process.argv[2] ?? '{}')
const create = { holdfast: createHoldfast, workos: createWorkOS }[name]
const sdk: Sdk = await create(surroundings)

type Renewal = Extract<Order, { readonly cookie: string }>

/** The cookie as it comes with a request: a text that nobody has seen before. */
const received = (cookie: string): string => Buffer.from(cookie).toString()

/** Loads as many sessions as told, and asks each whose it is. */
async function authenticate({ cookies, calls }: Extract<Order, { work: 'authenticate' }>) {
  for (let call = 0; call < calls; call++) {
    const cookie = received(cookies[call % cookies.length] ?? '')
    if (!(await sdk.authenticate(cookie))) throw new Error(`${name} takes a cookie for none.`)
  }
  return []
}

/** One refresh after the other, as often as told; resolves to the newest cookie. */
async function refresh({ cookie, calls }: Renewal): Promise<readonly string[]> {
  let newest: string | null = cookie
  for (let left = calls; left > 0 && newest !== null; left--) newest = await sdk.refresh(newest)
  if (newest === null) throw new Error(`${name}: refresh gave no session.`)
  return [newest]
}

/** All calls at once, as requests come that hold the same cookie; resolves to their new cookies. */
const together = ({ cookie, calls }: Renewal): Promise<readonly (string | null)[]> =>
  Promise.all(Array.from({ length: calls }, () => sdk.refresh(cookie).catch(() => null)))

function work(order: Order): Promise<readonly (string | null)[]> {
  if (order.work === 'authenticate') return authenticate(order)
  return order.work === 'refresh' ? refresh(order) : together(order)
}

async function carryOut(order: Order): Promise<Done> {
  const [from, before] = [performance.now(), process.cpuUsage()]
  const cookies = await work(order)
  const { user, system } = process.cpuUsage(before)
  const spent = { time: performance.now() - from, cpu: (user + system) / 1_000 }
  const working = await Promise.all(
    cookies.map((cookie) => cookie !== null && sdk.authenticate(cookie).catch(() => false)),
  )
  const cookie = cookies.find((one) => one !== null) ?? ''
  return { ...spent, cookie, working: working.filter(Boolean).length }
}

process.on('message', async (order: Order) => process.send?.(await carryOut(order)))
process.on('disconnect', () => process.exit())
process.send?.('ready')
