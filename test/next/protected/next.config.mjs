import { fileURLToPath } from 'node:url'

// Beneath the demo, whose packages it shares.
const root = fileURLToPath(new URL('../..', import.meta.url))

export default {
  basePath: '/app',
  assetPrefix: '/cdn',
  turbopack: { root },
  outputFileTracingRoot: root,
  poweredByHeader: false,
  rewrites: async () => [{ source: '/reports/:path*', destination: '/admin' }],
}
