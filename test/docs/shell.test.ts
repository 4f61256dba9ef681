import { describe, expect, it } from 'vitest'
import { PAGES, read } from './pages.js'
import { shellLines, wrongCommands } from './shell.js'

const block = (line: string): string => `\`\`\`sh\n${line} # what it does\n\`\`\`\n`

describe('a command of a page', () => {
  it.each(PAGES.filter((page) => shellLines(read(page)).length > 0))(
    'names a script and files that there are: %s',
    (page) => {
      expect(wrongCommands(page, read(page))).toEqual([])
    },
  )

  it.each([
    ['npm ci && npm run no-such-script', "there is no script 'no-such-script'"],
    ['CI=true node scripts/nowhere.mjs --all', 'there is no scripts/nowhere.mjs'],
    ['cd nowhere', 'there is no nowhere'],
    ['.ci/nowhere', 'there is no .ci/nowhere'],
    ['CI=true npm ci && npm run lint', 'only `CI=true npm ci` gets CI=true'],
  ])('that cannot work is found: %s', (line, problem) => {
    expect(wrongCommands('README.md', block(line)).join()).toContain(problem)
  })

  it('may be of an app that the page has made', () => {
    expect(
      wrongCommands('README.md', block('npm create vite@latest') + block('npm run dev')),
    ).toEqual([])
  })
})
