import { describe, expect, it } from 'vitest'
import { root } from '../package/compile.js'
import { filesIn, readGuides, readMoves } from './pages.js'

const block = (kind: string, text: string): string => `\`\`\`${kind}\n${text}\n\`\`\`\n`

describe('a block of a guide', () => {
  it('is a file, by the path in its first line', () => {
    const text = block('ts', '// src/auth.ts\nexport {}') + block('sh', 'npm install')
    expect([...filesIn(text)]).toEqual([['src/auth.ts', 'export {}\n']])
  })

  it('that does not say which file it is fails, as nobody would compile it', () => {
    expect(() => filesIn(block('ts', 'export {}'))).toThrow('does not say which file')
    expect(() => filesIn(block('tsx', '// What is next is important.\nexport {}'))).toThrow(
      'which file',
    )
  })

  it('that is a file which was there before fails, as only one of them would be compiled', () => {
    const one = block('vue', '<!-- App.vue -->\n<script>\n</script>')
    expect(() => filesIn(one + one)).toThrow('App.vue is there twice')
  })
})

describe('a page of the documentation', () => {
  it('has no block that is compiled nowhere', () => {
    expect(() => [readGuides(root), readMoves(root)]).not.toThrow()
  })
})
