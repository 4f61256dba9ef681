import { copyFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const here = fileURLToPath(new URL('.', import.meta.url))

// The styles that all demos share lie outside of what Next.js builds.
copyFileSync(`${here}../styles/house.css`, `${here}public/house.css`)

const config: NextConfig = {
  // The repository has a lockfile of its own, above this one.
  turbopack: { root: here },
  outputFileTracingRoot: here,
  poweredByHeader: false,
}

export default config
