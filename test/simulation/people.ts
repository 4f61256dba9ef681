import { PASSWORD, SERVER, type World } from './world.js'

/** Lets somebody sign in without any context, and returns the refresh token. */
export async function foreignToken(world: World, email: string): Promise<string | null> {
  const response = await world.server.fetch(`${SERVER}/token?grant_type=password`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  const mint = world.ledger.answer('elsewhere', world.ledger.depart(), null, await response.json())
  return mint?.token ?? null
}
