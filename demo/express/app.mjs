// The app: what you would write. A core of your own takes the place of the scripted one.
import express from 'express'
import { createExpressSuperTokens } from 'holdfast/express'
import { createSuperTokensSessions } from 'holdfast/server/supertokens'

const PEOPLE = new Map([
  ['ada', { name: 'Ada Lovelace', role: 'bookkeeper' }],
  ['grace', { name: 'Grace Hopper', role: 'buyer' }],
])

const INVOICES = [
  { number: '2026-118', from: 'Manila Rope Works', amount: '€ 1,240.00', for: 'ada' },
  { number: '2026-121', from: 'Brass & Binnacle', amount: '€ 386.50', for: 'ada' },
  { number: '2026-124', from: 'North Loft Sails', amount: '€ 4,910.00', for: 'ada' },
  { number: '2026-119', from: 'Tar and Oakum', amount: '€ 92.80', for: 'grace' },
  { number: '2026-123', from: 'Galvanised Sundries', amount: '€ 517.20', for: 'grace' },
]

/** Makes the app. `onStolen` hears whose session two parties had. */
export function createApp({ superTokens, onStolen }) {
  const auth = createExpressSuperTokens({
    sessions: createSuperTokensSessions({ superTokens, transfer: 'cookie' }),
    on: {
      tokenTheftDetected(error, _request, response) {
        onStolen(error)
        response.status(401).json({ message: 'token theft detected' })
      },
    },
  })
  const app = express().disable('x-powered-by')

  // POST /auth/session/refresh and POST /auth/signout
  app.use(auth.middleware)

  // A real app asks for a password here.
  app.post('/login', express.json(), async (request, response) => {
    const id = request.body?.person
    const person = PEOPLE.get(id)
    if (!person) return response.status(401).json({ message: 'Nobody here has that name.' })
    await auth.createNewSession(response, id, { request, jwtPayload: person })
    response.json({ status: 'OK' })
  })

  app.get('/api/invoices', auth.verifySession(), (request, response) => {
    const userId = auth.sessionOf(request).getUserId()
    response.json(INVOICES.filter((invoice) => invoice.for === userId))
  })

  app.use(auth.errorHandler)
  return { app, auth }
}
