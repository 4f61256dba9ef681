import { proseOf, read } from './pages.js'

/** Numbers in words that nobody counts on their fingers. */
const WORDS =
  'ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million'

/** What a figure is measured in that nobody should have typed; a word or two may stand between, such as in "3 small worlds". */
const THINGS =
  '(?:(?!whose\\s)[a-z]+\\s){0,2}(?:bytes|characters|worlds|requests|sessions|clients|mutants)'
const SIZES = '[kKMG]i?[bB]|(?:kilo|mega)bytes?'
const SHARES = '%|per ?cent|(?:times|x|×) (?:faster|slower|smaller|larger|fewer|less|more)'
const FIGURE = new RegExp(
  `(?<![\\w.,-])(?:\\d(?:[\\d.,]*\\d)?|${WORDS})(?:\\s${THINGS}|\\s?(?:${SIZES}|${SHARES}|ms)|\\ss)(?!\\w)`,
  'g',
)

/** Where a figure comes from: a file of the repository that has it, or a rule of somebody else's. */
interface Source {
  readonly figure: string
  /** The only pages that may have it: a figure as common as "30 s" says something else on each. @default all */
  readonly on?: readonly string[]
  readonly from: { readonly file: string; readonly has: RegExp } | { readonly rule: string }
}

/** The bytes that the package test holds the package to, as pages write them. */
function budgets(): Source[] {
  const file = 'test/package/package.test.ts'
  const [, line = ''] = /const BUDGETS = \{(.*)\}/.exec(read(file)) ?? []
  return [...line.matchAll(/(\w+): ([\d_]+)/g)].map(([, name = '', bytes = '']) => ({
    figure: `${(Number(bytes.replaceAll('_', '')) / 1000).toFixed(1)} kB`,
    from: { file, has: new RegExp(`${name}: ${bytes}`) },
  }))
}

/** Options of the client, and their defaults in s. */
const OPTIONS = [
  ['refreshMargin', 60],
  ['waitMargin', 10],
  ['requestTimeout', 10],
  ['retryDelay', 1],
  ['maxRetryDelay', 30],
] as const

/**
 * Figures that are no measurement, or that a test holds: add one with its source, or let the run that
 * measured it write it between marks.
 */
export const SOURCES: readonly Source[] = [
  ...budgets(),
  {
    figure: '4.0 kB',
    from: { file: 'test/package/package.test.ts', has: /'compat\/auth-js',[^\]]*\b4_040\b/ },
  },
  {
    figure: '20,000 random larger worlds',
    from: { file: 'test/worlds/random.test.ts', has: /RUNS = 20_000\b/ },
  },
  {
    figure: '100 ms',
    from: { file: 'src/core/check-options.ts', has: /LEAST_DELAY = 100\b/ },
  },
  {
    figure: '920 bytes',
    from: { file: 'test/package/package.test.ts', has: /binding\(name, make\), 920\]/ },
  },
  {
    figure: 'hundred bytes',
    from: { file: 'test/package/devtools.test.ts', has: /of 150 bytes/ },
  },
  {
    figure: 'thousand requests',
    from: {
      file: 'test/server/sealed/sealed-sessions.crowd.test.ts',
      has: /'a thousand requests with one cookie'/,
    },
  },
  {
    figure: 'hundred requests',
    from: { file: 'src/server/shared/crowd.ts', has: /const CROWD = 100\b/ },
  },
  {
    figure: '2,000 sessions',
    from: { file: 'src/server/sealed/known-seals.ts', has: /KEPT = \{ entries: 2_000\b/ },
  },
  {
    figure: '12,288 characters',
    from: { file: 'src/server/sealed/parts.ts', has: /MAX_SIZE = 12_288\b/ },
  },
  {
    figure: '200 characters',
    from: { file: 'src/server/supertokens/words.ts', has: /LONGEST = 200\b/ },
  },
  {
    figure: 'hundred sessions',
    from: { file: 'src/server/sealed/session-list.ts', has: /LISTED = 100\b/ },
  },
  {
    figure: '20,000 clients',
    from: { file: 'test/simulation/herd.test.ts', has: /CLIENTS = 20_000\b/ },
  },
  {
    figure: 'million clients',
    from: { file: 'docs/proof.md', has: /\| 1,000,000 clients \|/ },
  },
  ...OPTIONS.map(([name, seconds]) => ({
    figure: `${seconds} s`,
    on: ['docs/start.md'],
    from: {
      file: 'src/core/engine.ts',
      has: new RegExp(`\\b${name}(?: =|: settings\\.${name} \\?\\?) ${seconds}_000\\b`),
    },
  })),
  {
    figure: '2 s',
    on: ['docs/start.md'],
    from: { file: 'src/core/options.ts', has: /STORAGE_TIMEOUT = 2_000\b/ },
  },
  {
    figure: '30 s',
    on: ['docs/backend.md', 'docs/oidc.md', 'docs/security.md'],
    from: { file: 'src/server/verification/introspection.ts', has: /CACHED = 30_000\b/ },
  },
  {
    figure: '30 s',
    on: ['docs/security.md'],
    from: { file: 'src/server/verification/key-set.ts', has: /COOLDOWN = 30_000\b/ },
  },
  {
    figure: '30 s',
    on: ['docs/authkit.md', 'docs/moving/authkit-nextjs.md'],
    from: { file: 'src/testing/workos/types.ts', has: /@default 30_000, as WorkOS has it/ },
  },
  {
    figure: '5 s',
    on: ['CONTRIBUTING.md'],
    from: { file: 'test/simulation/random.ts', has: /\b5 \* SECOND\]/ },
  },
  {
    figure: 'million worlds',
    from: { file: 'docs/proof.md', has: /\| runs \| 1,000,000 \|/ },
  },
  { figure: '16 kB', from: { rule: '--max-http-header-size of Node, by default' } },
  { figure: '4096 bytes', from: { rule: 'RFC 6265, 6.1: what browsers keep of a cookie' } },
  { figure: '2,048 bytes', from: { rule: 'the documentation of expo-secure-store' } },
]

/** What a run wrote stands between `<!-- name -->` and `<!-- end of name -->`. */
const withoutReports = (text: string): string =>
  text.replace(/<!-- ([\w -]+) -->[\s\S]*?<!-- end(?: of \1)? -->/g, '')

/** Whether a paragraph tells of a run that anybody can repeat. */
const namesItsRun = (paragraph: string): boolean =>
  /\bcommit [0-9a-f]{7}\b/.test(paragraph) && /\bseeds? \d/.test(paragraph)

const cellsOf = (row: string): string[] => row.split('|').map((cell) => cell.trim())

/** The text with the rows of its tables in paragraphs of their own, and "worlds" behind what a column of that name has. */
function withUnits(text: string): string {
  let place = -1
  return text
    .split('\n')
    .map((line) => {
      if (!line.startsWith('|')) {
        place = -1
        return line
      }
      const cells = cellsOf(line)
      if (place < 0) place = cells.indexOf('worlds')
      return `\n${cells.map((cell, at) => (at === place ? `${cell} worlds` : cell)).join(' | ')}\n`
    })
    .join('\n')
}

/** A row of a table with more than one cell that is nothing but a figure, as a report has. */
function rowOfFigures(paragraph: string): string[] {
  const row = paragraph.trim()
  const bare = cellsOf(row).filter((cell) => /^\d[\d.,]*( m?s)?$/.test(cell))
  return row.startsWith('|') && bare.length > 1 ? [row] : []
}

/** What the home page says before its text. */
const headOf = (text: string): string => /^---\n[\s\S]*?\n---\n/.exec(text)?.[0] ?? ''

/** The figures in the prose of a page that no run wrote or names. */
export function figuresIn(text: string): string[] {
  const told = headOf(text) + proseOf(withoutReports(text))
  const prose = withUnits(told.replace(/`[^`\n]*`/g, ''))
  return prose
    .split(/\n\s*\n/)
    .filter((paragraph) => !namesItsRun(paragraph))
    .flatMap((paragraph) => [...(paragraph.match(FIGURE) ?? []), ...rowOfFigures(paragraph)])
    .map((figure) => figure.replace(/\s+/g, ' '))
}

/** Those of them for which no source is known on this page. */
export const unfounded = (text: string, page = ''): string[] =>
  figuresIn(text).filter(
    (figure) =>
      !SOURCES.some(({ figure: known, on }) => known === figure && (!on || on.includes(page))),
  )
