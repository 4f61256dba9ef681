import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const here = fileURLToPath(new URL('.', import.meta.url))

const config: NextConfig = {
  // The repository has a lockfile of its own, above this one.
  turbopack: { root: here },
  outputFileTracingRoot: here,
  poweredByHeader: false,
}

export default config
