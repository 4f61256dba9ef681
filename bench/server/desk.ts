import { setTimeout as delay } from 'node:timers/promises'
import { createScriptedWorkOS } from 'holdfast/testing'
import { listen, relay, toRequest } from '../../test/support/node-server.js'
import { signIn } from './workos-node.js'

/** Who signs in: somebody with as many permissions as a token of a real app has. */
const ADA = {
  email: 'ada@example.com',
  password: 'correct horse',
  firstName: 'Ada',
  lastName: 'Lovelace',
  memberships: [
    {
      organizationId: 'org_1',
      role: 'admin',
      permissions: Array.from({ length: 20 }, (_, index) => `resource-${index}:manage`),
    },
  ],
}

/** Longer than any run, in ms: what is measured is what the calls do, not when they are due. */
const LIFETIME = 24 * 3_600_000

/** A scripted WorkOS on a port of the loopback. */
export interface Desk {
  readonly port: number
  /** How long every answer takes, in ms. */
  latency: number
  /** A new session, in a cookie sealed by WorkOS's own SDK. Forgets the exchanges before it. */
  signIn(): Promise<string>
  /** How many refresh tokens came since the last sign-in. */
  exchanges(): number
  close(): Promise<void>
}

/** Starts a desk. It has one set of keys, and gives a rotated token's successor again for 30 s. */
export async function openDesk(): Promise<Desk> {
  const server = createScriptedWorkOS({ users: [ADA], accessTokenLifetime: LIFETIME })
  const { port, close } = await listen(async (request, response) => {
    const reply = await server.fetch(await toRequest(request))
    if (desk.latency > 0) await delay(desk.latency)
    await relay(reply, response)
  })
  const desk: Desk = {
    port,
    latency: 0,
    async signIn() {
      const cookie = await signIn(port, ADA.email, ADA.password)
      server.clearLog()
      return cookie
    },
    exchanges: () => server.count('refresh_token'),
    close,
  }
  return desk
}
