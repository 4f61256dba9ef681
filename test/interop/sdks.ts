import { WorkOS } from '@workos-inc/node'
import { WorkOS as WorkOS7 } from 'workos-node-7'

/** A version of WorkOS's own SDK, as a server app uses it. */
export interface Sdk {
  /** Signs somebody in; gives the cookie's value. */
  signIn(password: string): Promise<string>
  /** What it says of a cookie, checked against the published keys. */
  authenticate(sealed: string, password: string): Promise<object>
  /** Exchanges the refresh token in a cookie; gives the new cookie's value, or `null`. */
  refresh(sealed: string, password: string, newPassword?: string): Promise<string | null>
}

const clientId = 'client_1'
const options = (port: number) =>
  ({ apiHostname: '127.0.0.1', https: false, port, clientId }) as const

/** The newest line. */
export function newest(port: number): Sdk {
  const { userManagement } = new WorkOS('sk_test_1', options(port))
  return {
    async signIn(cookiePassword) {
      const session = { sealSession: true, cookiePassword }
      const answer = await userManagement.authenticateWithCode({ clientId, code: 'code', session })
      return answer.sealedSession ?? ''
    },
    authenticate: (sessionData, cookiePassword) =>
      userManagement.loadSealedSession({ sessionData, cookiePassword }).authenticate(),
    async refresh(sessionData, cookiePassword, newPassword = cookiePassword) {
      const session = userManagement.loadSealedSession({ sessionData, cookiePassword })
      const answer = await session.refresh({ cookiePassword: newPassword })
      return answer.authenticated ? (answer.sealedSession ?? null) : null
    },
  }
}

/** The line that still has `refreshAndSealSessionData`, which is what refreshes here. */
export function seven(port: number): Sdk {
  const { userManagement } = new WorkOS7('sk_test_1', options(port))
  return {
    async signIn(cookiePassword) {
      const session = { sealSession: true, cookiePassword }
      const answer = await userManagement.authenticateWithCode({ clientId, code: 'code', session })
      return answer.sealedSession ?? ''
    },
    authenticate: (sessionData, cookiePassword) =>
      userManagement.loadSealedSession({ sessionData, cookiePassword }).authenticate(),
    async refresh(sessionData, cookiePassword, newPassword) {
      if (newPassword !== undefined) {
        const session = userManagement.loadSealedSession({ sessionData, cookiePassword })
        const answer = await session.refresh({ cookiePassword: newPassword })
        return answer.authenticated ? (answer.sealedSession ?? null) : null
      }
      const answer = await userManagement.refreshAndSealSessionData({ sessionData, cookiePassword })
      return answer.authenticated ? (answer.sealedSession ?? null) : null
    },
  }
}
