import { cookieOf } from './jar.js'
import { count } from './tally.js'
import { FOREIGN_KEY, PASSWORD, SERVER, type World } from './world.js'

async function signInElsewhere(world: World, email: string) {
  const response = await world.server.fetch(`${SERVER}/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  const body: unknown = await response.json()
  return { body, mint: world.ledger.answer('elsewhere', world.ledger.depart(), null, body) }
}

/** Lets somebody sign in without any context, and returns the refresh token. */
export const foreignToken = async (world: World, email: string): Promise<string | null> =>
  (await signInElsewhere(world, email)).mint?.token ?? null

/** Lets somebody sign in with another library, which leaves its session in the browser. */
export async function leaveBehind(world: World, email: string): Promise<void> {
  const { body, mint } = await signInElsewhere(world, email)
  if (mint) mint.delivered = true
  world.browser.storage.entries.set(FOREIGN_KEY, JSON.stringify(body))
}

/** Lets somebody sign in on a page of the server, which leaves its session in the cookies. */
export async function signInByPage(world: World, email: string): Promise<void> {
  const { body, mint } = await signInElsewhere(world, email)
  if (mint) mint.delivered = true
  world.jar?.set(cookieOf(world, body), 'signed in by a page')
  count(world.verdict.tally, 'signed in by a page')
}
