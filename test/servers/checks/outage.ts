import { setTimeout as delay } from 'node:timers/promises'
import { ensure, failureOf, type RealmLab, type World } from '../lab.js'
import type { Keycloak } from '../process.js'

/** How long somebody may wait for the session after the server is back, in ms. */
const RECOVERY = 120_000

/** Asks until there is a session; resolves to the ms that it took. */
async function recovery({ auth }: World): Promise<number> {
  const from = Date.now()
  while (Date.now() - from < RECOVERY) {
    const session = await auth.getSession().catch(() => null)
    if (session) return Date.now() - from
    await delay(100)
  }
  throw new Error('The session does not come back.')
}

async function through(world: World, { settings }: RealmLab): Promise<string> {
  ensure((await world.auth.getSession()) !== null, 'A valid token is not served in an outage.')
  await delay(settings.accessTokenLifespan * 1000)
  const from = Date.now()
  const failure = await failureOf(world.auth.getSession())
  ensure(failure?.retryable === true, `An outage is no retryable failure: ${failure}`)
  const waited = ((Date.now() - from) / 1000).toFixed(1)
  return `a valid token is served; after it \`${failure.code}\`, retryable, in ${waited} s`
}

/** Stops the server under sessions of all realms and starts it again; what came of it, by realm. */
export async function outage(
  keycloak: Keycloak,
  labs: readonly RealmLab[],
): Promise<readonly string[]> {
  const worlds = await Promise.all(labs.map((lab) => lab.signedIn()))
  await keycloak.stop()
  const during = await Promise.all(
    labs.map((lab, index) => {
      const world = worlds[index]
      ensure(world !== undefined, 'A realm has no session.')
      return through(world, lab)
    }),
  )
  await keycloak.start()
  const back = await Promise.all(worlds.map(recovery))
  return during.map((text, index) => {
    const seconds = ((back[index] ?? Number.NaN) / 1000).toFixed(1)
    return `${text}; the session is back ${seconds} s after the server`
  })
}
