import { fileURLToPath } from 'node:url'

const src = fileURLToPath(new URL('../../../src/', import.meta.url))

/** Where Vite finds what the playground imports of Holdfast: in the sources, so that nothing must be built. */
export const sources = [
  { find: /^holdfast$/, replacement: `${src}index.ts` },
  { find: /^holdfast\/providers\/gotrue$/, replacement: `${src}providers/gotrue/index.ts` },
  { find: /^holdfast\/testing$/, replacement: `${src}testing/index.ts` },
]
