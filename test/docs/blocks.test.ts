import { describe, expect, it } from 'vitest'
import { blocksOf, wrongBlock } from './blocks.js'
import { PAGES, read } from './pages.js'

const wrong = async (text: string): Promise<string[]> =>
  (await Promise.all(blocksOf(text).map(wrongBlock))).flat()

const block = (kind: string, text: string): string => `\`\`\`${kind}\n${text}\n\`\`\`\n`

describe('a block of code', () => {
  it.each(PAGES.filter((page) => blocksOf(read(page)).length > 0))(
    'is of a kind that something checks, can be read, and imports what there is: %s',
    async (page) => {
      expect(await wrong(read(page))).toEqual([])
    },
  )

  it.each([
    ['of a kind that nothing compiles', block('typescript', 'export {}'), "'typescript'"],
    ['with more behind its fence', block('ts {2}', 'export {}'), "'ts {2}'"],
    ['without a kind', block('', 'export {}'), "''"],
    ['between other marks', '~~~jsx\n<p/>\n~~~\n', "'jsx'"],
    ['in a list', '1. First:\n\n   ```py\n   pass\n   ```\n', "'py'"],
    ['that cannot be read', block('js', 'const = 1'), 'Expected identifier'],
    [
      'that imports what there is not',
      block('js', "import { no } from 'holdfast/server'\nno()"),
      'No matching export',
    ],
    ['of a module that there is not', block('js', "import 'holdfast/nothing'"), 'holdfast/nothing'],
    [
      'of a page whose script cannot be read',
      block('html', '<script type="module">\nlet let\n</script>'),
      'let',
    ],
    ['of JSON that cannot be read', block('json', '{ "a": 1, }'), 'SyntaxError'],
  ])('%s is found', async (_how, text, problem) => {
    expect((await wrong(text)).join()).toContain(problem)
  })
})
