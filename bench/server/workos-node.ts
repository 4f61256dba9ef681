import { WorkOS } from '@workos-inc/node'
import { APP, type Sdk, type Surroundings } from './sdks.js'

/** The users' part of WorkOS's own SDK, with its default options. */
const userManagement = (port: number): WorkOS['userManagement'] => {
  const place = { apiHostname: '127.0.0.1', https: false, port }
  return new WorkOS(APP.apiKey, { ...place, clientId: APP.clientId }).userManagement
}

/** WorkOS's own SDK as its documentation shows it. It has nothing that processes could share. */
export async function createWorkOS({ port }: Surroundings): Promise<Sdk> {
  const users = userManagement(port)
  const { cookiePassword } = APP
  const load = (sessionData: string) => users.loadSealedSession({ sessionData, cookiePassword })
  return {
    authenticate: async (cookie) => (await load(cookie).authenticate()).authenticated,
    async refresh(cookie) {
      const result = await load(cookie).refresh()
      return result.authenticated ? (result.sealedSession ?? null) : null
    },
  }
}

/** Signs somebody in by WorkOS's own SDK; resolves to the cookie that it sealed. */
export async function signIn(port: number, email: string, password: string): Promise<string> {
  const { clientId, cookiePassword } = APP
  const session = { sealSession: true, cookiePassword }
  const credentials = { clientId, email, password, session }
  const { sealedSession } = await userManagement(port).authenticateWithPassword(credentials)
  if (!sealedSession) throw new Error('The sign-in gave no cookie.')
  return sealedSession
}
