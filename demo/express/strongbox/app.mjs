// The app: what you would write. An auth server of your own takes the place of the scripted one.
import express from 'express'
import { backendHandler, createExpressSessions } from 'holdfast/express'
import { createBackend, createRequestSessions } from 'holdfast/server'
import { createDeviceBinding } from 'holdfast/server/dbsc'
import { createWorkOSSessions, workosServer } from 'holdfast/server/workos'

const BOXES = [
  { number: '14', holds: 'Deeds of the house' },
  { number: '27', holds: 'A sextant, brass' },
  { number: '31', holds: 'Letters, tied' },
]

/** Makes the app. `onSecurityEvent` hears of cookies that were copied. */
export function createApp({ client, password, onSecurityEvent }) {
  const sessions = createRequestSessions({
    sessions: createWorkOSSessions({ ...client, onSecurityEvent }),
    cookie: { password },
    // This is the line.
    deviceBound: createDeviceBinding(),
  })
  const { requireSession } = createExpressSessions({ sessions })
  const app = express().disable('x-powered-by')

  // The routes under /auth: the app's own, and those that the browser asks by itself.
  app.use(backendHandler(createBackend({ sessions, signIn: workosServer(client), password })))

  app.get('/boxes', requireSession(), (_request, response) => {
    response.json(BOXES)
  })
  return app
}
