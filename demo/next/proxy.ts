import { proxy as sessions } from './lib/auth'

export const proxy = sessions({ protect: ['/invoices/:path*'] })

export const config = { matcher: ['/((?!_next/static|_next/image|icon.svg).*)'] }
