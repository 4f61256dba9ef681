// The app: what you would write. An auth server of your own takes the place of the scripted one.
import { createNodeSessions, nodeHandler } from 'holdfast/node'
import { createBackend, createRequestSessions } from 'holdfast/server'
import { createDeviceBinding } from 'holdfast/server/dbsc'
import { createWorkOSSessions, workosServer } from 'holdfast/server/workos'

const BOXES = [
  { number: '14', holds: 'Deeds of the house' },
  { number: '27', holds: 'A sextant, brass' },
  { number: '31', holds: 'Letters, tied' },
]

/** Makes the app. `onSecurityEvent` hears of cookies that were copied. */
export function createApp({ client, password, origin, onSecurityEvent }) {
  const sessions = createRequestSessions({
    sessions: createWorkOSSessions({ ...client, onSecurityEvent }),
    cookie: { password },
    // This is the line.
    deviceBound: createDeviceBinding(),
  })
  const backend = createBackend({ sessions, signIn: workosServer(client), password, origin })
  const auth = createNodeSessions({ sessions, origin })
  const routes = nodeHandler(backend, { origin })

  /** `GET /boxes` is for who is signed in; `next` is for everything else. */
  return (request, response, next) =>
    routes(request, response, async () => {
      if (request.url !== '/boxes') return next()
      if (!(await auth.admit({ request, response }))) return
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(BOXES))
    })
}
