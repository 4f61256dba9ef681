import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { sources } from '../../docs/.vitepress/playground/sources.mjs'

/** The playground on a plain page, without the rest of the documentation. */
export interface PlaygroundSite {
  readonly url: string
  close(): Promise<void>
}

/** Serves the playground on a free port of the loopback. */
export async function startPlayground(): Promise<PlaygroundSite> {
  const vite = await createServer({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    configFile: false,
    logLevel: 'warn',
    // The page is known; without this Vite would look for others in the whole repository.
    optimizeDeps: { entries: ['docs/.vitepress/playground/harness/index.html'] },
    resolve: { alias: [...sources] },
    server: { host: '127.0.0.1', port: 0, watch: null },
  })
  await vite.listen()
  const [origin = ''] = vite.resolvedUrls?.local ?? []
  return {
    url: `${origin}docs/.vitepress/playground/harness/index.html`,
    close: () => vite.close(),
  }
}
