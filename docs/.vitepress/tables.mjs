/** The corner of a table that says nothing is no heading: screen readers would announce an empty one. */
export function emptyCorners(markdown) {
  markdown.core.ruler.push('empty-corners', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      const [inline, close] = tokens.slice(index + 1, index + 3)
      if (token.type !== 'th_open' || inline?.content !== '' || !close) continue
      token.tag = 'td'
      close.tag = 'td'
    }
  })
}
