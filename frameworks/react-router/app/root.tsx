import type { ReactNode } from 'react'
import { Meta, Outlet, Scripts } from 'react-router'

export function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <Meta />
      </head>
      <body>
        {children}
        <Scripts />
      </body>
    </html>
  )
}

export default Outlet
