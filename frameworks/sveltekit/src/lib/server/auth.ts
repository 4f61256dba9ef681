import { createBackend, createRequestSessions } from 'holdfast/server'
import { createGotrue, createGotrueSessions } from 'holdfast/server/gotrue'

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name} in the environment.`)
  return value
}

const origin = setting('ORIGIN')
const password = setting('COOKIE_PASSWORD')
const server = createGotrue({
  url: setting('GOTRUE_URL'),
  apiKey: setting('GOTRUE_API_KEY'),
  provider: 'github',
})

/** Who is signed in, by the cookies of a request. */
export const sessions = createRequestSessions({
  sessions: createGotrueSessions({ server }),
  cookie: { password, secure: origin.startsWith('https:') },
})

/** The routes beneath `/auth`. */
export const backend = createBackend({ sessions, signIn: server, password, origin })
