import { auth } from './lib/auth'

// Next 15 runs it in its edge runtime.
export const middleware = auth.proxy({ protect: ['/account'] })
export const config = { matcher: ['/((?!_next/static/|_next/image/?$|favicon\\.ico$).*)'] }
