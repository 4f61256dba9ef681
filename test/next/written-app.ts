import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The path of a file, from the folder of its app, and its text. */
export type WrittenFile = readonly [path: string, text: string]

/** The blocks of code in a page of the documentation. */
const blocksOf = (page: string): string[] => {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/```tsx?\n([\s\S]*?)```/g)].map(([, block = '']) => block)
}

/** The first of them, as it stands there. */
export const firstBlock = (page: string): string => blocksOf(page)[0] ?? ''

/** How a file begins in a block of the documentation: with its path. */
const FILE = /^\/\/ (?=[\w./[\]-]+\.tsx?\b)/m

/** The files of the block in a page of the documentation that begins with this one, as they stand there. */
export function filesOfBlock(page: string, first: string): WrittenFile[] {
  const blocks = blocksOf(page).map((block) => block.split(FILE).slice(1))
  // Another block may begin with a file of that name, of another app: the one with the most files is whole.
  const [found = []] = blocks
    .filter(([start = '']) => start.startsWith(first))
    .sort((one, other) => other.length - one.length)
  return found.map((file) => [/^[\w./[\]-]+\.tsx?/.exec(file)?.[0] ?? '', `// ${file}`])
}

/** What create-next-app writes today, with `more` lines of settings, and where the packages of the demo are. */
export const createNextApp = (more = ''): WrittenFile[] => [
  [
    'next.config.mjs',
    `const root = ${JSON.stringify(join(root, 'demo/next'))}
export default {
  cacheComponents: true,
  partialPrefetching: true,
  ${more}
  turbopack: { root },
  outputFileTracingRoot: root,
}
`,
  ],
  [
    'app/layout.tsx',
    `import type { ReactNode } from 'react'

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  )
}
`,
  ],
]

/** What runs when a server of Next starts. Where an app has none, Turbopack takes that of the demo, in a folder above. */
const STARTS: WrittenFile = ['instrumentation.ts', 'export function register() {}\n']

/** Writes an app. What has not changed is left alone, for it need not be built again. */
export function writeFiles(folder: string, files: readonly WrittenFile[]): void {
  // An app whose sources were copied has its own already, in JavaScript.
  const hasOwn =
    files.some(([name]) => name === STARTS[0]) || existsSync(join(folder, 'instrumentation.js'))
  for (const [name, text] of hasOwn ? files : [...files, STARTS]) {
    const path = join(folder, name)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}
