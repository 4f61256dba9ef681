import { auth } from './auth.js'

const protect = [
  '/files/private/:path*',
  '/admin/:path*',
  '/auth/secrets',
  '/old',
  '/reports/:path*',
  '/photos/:path*',
  '/staff/:path*',
  '/:team/secrets',
]

/** Without the list of what is protected, to see which ways lead to a page. */
export const proxy = auth.proxy(process.env.UNPROTECTED ? {} : { protect })

export const config = { matcher: ['/((?!_next/static/|_next/image/?$|favicon\\.ico$).*)'] }
