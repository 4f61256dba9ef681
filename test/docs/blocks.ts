import { build } from 'esbuild'
import { root } from '../package/compile.js'

/** A block of code of a page. */
export interface Block {
  /** What stands behind its fence, such as `ts`. */
  readonly kind: string
  readonly text: string
}

/** The blocks of a page, whatever marks their fences are of. */
export const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^( *)(`{3,}|~{3,})(.*)\n([\s\S]*?)^\1\2$/gm)].map(
    ([, , , kind = '', inner = '']) => ({ kind, text: inner }),
  )

/** Compiled, on every page that has them: test/package/examples.test.ts, test/guides, test/frameworks. */
const COMPILED = ['ts', 'tsx', 'vue', 'svelte', 'astro']
/** Looked at below. */
const SCRIPTS = ['js', 'html', 'json']
/** Commands (`shell.test.ts`), and what a reader does with a guide (`test/newcomer`, `test/guides/pairs.ts`, `test/guides/tables.ts`). */
const OTHERS = ['sh', 'ini', 'sql', 'diff']
/** Is no code. */
const DRAWING = 'text'

/** The scripts of a block: a module, or those that a page has in it. */
const scriptsIn = ({ kind, text }: Block): string[] =>
  kind === 'html'
    ? [...text.matchAll(/<script type="module">\n([\s\S]*?)<\/script>/g)].map(
        ([, script = '']) => script,
      )
    : [text]

/** What is wrong with a module that imports what the package exports, and whatever else it wants. */
async function wrongModule(contents: string): Promise<string[]> {
  const result = await build({
    stdin: { contents, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    tsconfigRaw: {},
    plugins: [
      {
        name: 'only ours',
        setup({ onResolve }) {
          onResolve({ filter: /./ }, ({ path, importer }) => {
            if (/^holdfast(\/|$)/.test(path)) return undefined
            // The one file for pages without a bundler lies beside the page.
            const isOneFile = path === './browser.js' && importer === '<stdin>'
            return isOneFile ? { path: `${root}/dist/browser.js` } : { path, external: true }
          })
        },
      },
    ],
  }).catch((error: unknown) => error)
  const { errors = [] } = result as { readonly errors?: readonly { readonly text: string }[] }
  return errors.map(({ text }) => text)
}

/** What is wrong with a block: that nothing knows its kind, that it cannot be read, that it imports what there is not. */
export async function wrongBlock(block: Block): Promise<string[]> {
  const { kind, text } = block
  if ([...COMPILED, ...OTHERS, DRAWING].includes(kind)) return []
  if (!SCRIPTS.includes(kind)) return [`No test knows blocks of the kind '${kind}'.`]
  if (kind !== 'json') return (await Promise.all(scriptsIn(block).map(wrongModule))).flat()
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    return [String(error)]
  }
}
