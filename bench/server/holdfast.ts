import { redisCoordinator } from 'holdfast/server'
import { createWorkOSSessions } from 'holdfast/server/workos'
import { createClient } from 'redis'
import { APP, type Sdk, type Surroundings } from './sdks.js'

/** Holdfast as its documentation shows it; with a Redis, its processes share refreshes. */
export async function createHoldfast({ port, redis }: Surroundings): Promise<Sdk> {
  const { clientId, apiKey, cookiePassword: password } = APP
  const client = redis === undefined ? null : await createClient({ url: redis }).connect()
  const sessions = createWorkOSSessions({
    clientId,
    apiKey,
    url: `http://127.0.0.1:${port}`,
    coordinator: client ? redisCoordinator({ client, password }) : undefined,
  })
  const load = (value: string) => sessions.openSession({ value, password })
  return {
    authenticate: async (cookie) => (await load(cookie).getSession()).signedIn,
    async refresh(cookie) {
      const result = await load(cookie).refreshSession()
      return result.signedIn ? result.sealed : null
    },
  }
}
