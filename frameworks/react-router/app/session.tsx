import type { GoTrueUser } from 'holdfast/providers/gotrue'
import { applySession, type RequestSession } from 'holdfast/server'
import { createContext, Outlet } from 'react-router'
import type { Route } from './+types/session'
import { sessions } from './auth.server'

/** Who is signed in, for the loaders and actions of the routes in this layout. */
export const foundContext = createContext<RequestSession<GoTrueUser>>()

export const middleware: Route.MiddlewareFunction[] = [
  async ({ request, context }, next) => {
    const found = await sessions.getSession(request.headers.get('Cookie'))
    context.set(foundContext, found)
    const response = await next()
    applySession(response.headers, found)
    return response
  },
]

export default Outlet
