import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'
import './globals.css'

export const metadata: Metadata = {
  title: 'Tidemark – Holdfast for Next.js',
  description: 'A harbour plans its day, and nobody is signed out by an outage.',
  icons: '/icon.svg',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body className="house">
        {/* All demos share it; next.config.ts copies it here. */}
        <link rel="stylesheet" href="/house.css" precedence="low" />
        {children}
      </body>
    </html>
  )
}
