/** What only the panel has in it: its element and the words of its time line. */
export const PANEL = ['holdfast-devtools', 'Time line']

/** What the empty one says of itself. */
export const EMPTY = 'holdfast/devtools is empty in production'

/** Those of some words that a text has. */
export const tracesIn = (text: string, words: readonly string[]): string[] =>
  words.filter((word) => text.includes(word))
