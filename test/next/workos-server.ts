import { createScriptedWorkOS, type ScriptedWorkOSOptions } from '../../src/testing/workos/index.js'
import { listen, relay, toRequest } from '../support/node-server.js'

/** The app that a WorkOS serves. */
export interface WorkOSApp extends Pick<ScriptedWorkOSOptions, 'users' | 'accessTokenLifetime'> {
  /** Where the routes of its sign-in are, such as `http://127.0.0.1:3000/auth`. */
  readonly routes: string
  /** A page to return to after sign-outs. */
  readonly home: string
}

/** A scripted WorkOS on a port of the loopback, and the variables of the app that uses it. */
export async function startWorkOS({ routes, home, ...options }: WorkOSApp) {
  const redirectUri = `${routes}/callback`
  const server = createScriptedWorkOS({
    ...options,
    clients: [
      { id: 'client_1', apiKey: 'sk_test_1', redirectUris: [redirectUri], logoutUris: [home] },
    ],
  })
  const http = await listen(async (request, response) =>
    relay(await server.fetch(await toRequest(request, http.origin)), response),
  )
  return {
    server,
    close: () => http.close(),
    settings: {
      WORKOS_CLIENT_ID: 'client_1',
      WORKOS_API_KEY: 'sk_test_1',
      WORKOS_COOKIE_PASSWORD: 'a password of more than 32 characters',
      WORKOS_API_HOSTNAME: '127.0.0.1',
      WORKOS_API_HTTPS: 'false',
      WORKOS_API_PORT: String(http.port),
      NEXT_PUBLIC_WORKOS_REDIRECT_URI: redirectUri,
    },
    /** Signs somebody in at the page that an app has sent the browser to. */
    loginAs: (email: string) => (url: string) => {
      const page = new URL(url)
      page.searchParams.set('login_hint', email)
      return server.fetch(page, { redirect: 'manual' })
    },
  }
}
