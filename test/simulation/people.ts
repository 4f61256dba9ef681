import { cookieOf } from './jar.js'
import { count } from './tally.js'
import type { World } from './world.js'

async function signInElsewhere(world: World, email: string) {
  const { wire, ledger } = world
  const body = await wire.signInElsewhere(email)
  return { body, mint: ledger.answer('elsewhere', ledger.depart(), null, wire.read(body)) }
}

/** Lets somebody sign in without any context, and returns the refresh token. */
export const foreignToken = async (world: World, email: string): Promise<string | null> =>
  (await signInElsewhere(world, email)).mint?.token ?? null

/** Lets somebody sign in with another library, which leaves its session in the browser. */
export async function leaveBehind(world: World, email: string): Promise<void> {
  const { body, mint } = await signInElsewhere(world, email)
  if (mint) mint.delivered = true
  world.browser.storage.entries.set(world.wire.foreignKey, world.wire.kept(body))
}

/** Lets somebody sign in on a page of the server, which leaves its session in the cookies. */
export async function signInByPage(world: World, email: string): Promise<void> {
  const { body, mint } = await signInElsewhere(world, email)
  if (mint) mint.delivered = true
  world.jar?.set(cookieOf(world, body), 'signed in by a page')
  count(world.verdict.tally, 'signed in by a page')
}
