import { auth } from './auth.js'

const protect = [
  '/files/private/:path*',
  '/admin/:path*',
  '/auth/secrets',
  '/old',
  '/reports/:path*',
  '/photos/:path*',
  '/staff/:path*',
]

/**
 * Without the list of what is protected, to see which ways lead to a page. And without a `matcher`: Next puts the
 * `basePath` in front of each, and leads to pages by paths that do not begin with it (16.4, seen).
 */
export const proxy = auth.proxy(process.env.UNPROTECTED ? {} : { protect })
