/** A drawing is a block that is set in. A keyboard must reach it, to scroll it sideways where it is too wide. */
export function drawings(markdown) {
  markdown.core.ruler.push('drawings', ({ tokens }) => {
    for (const token of tokens) {
      if (token.type === 'code_block') token.attrSet('tabindex', '0')
    }
  })
}
