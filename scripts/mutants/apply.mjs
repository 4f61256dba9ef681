// Puts a mutant into a text, or says why it cannot be put there.

/** A mutant that says nothing about the tests: it was not what it claims to be. */
export class UnappliedError extends Error {}

/** The replacements of a mutant: pairs of a text that occurs once, and what takes its place. */
export const editsOf = ({ find, replace, edits = [] }) =>
  find === undefined ? edits : [[find, replace], ...edits]

/** The text with the mutant in it. */
export function mutate(text, mutant) {
  const edits = editsOf(mutant)
  if (edits.length === 0) throw new UnappliedError('It replaces nothing.')
  return edits.reduce((before, [find, replace]) => {
    const times = before.split(find).length - 1
    const where = `in ${mutant.file}: ${JSON.stringify(find)}`
    if (times !== 1) throw new UnappliedError(`Found ${times} times instead of once ${where}`)
    if (find === replace) throw new UnappliedError(`Replaced by itself ${where}`)
    return before.replace(find, () => replace)
  }, text)
}
