// Which of the mutants a run is asked for.

/** The mutants that have one of the texts in their name or file, in the order of the texts. */
export function chosen(mutants, texts) {
  const found = texts.map((text) => {
    const some = mutants.filter(({ name, file }) =>
      `${file} ${name}`.toLowerCase().includes(text.toLowerCase()),
    )
    if (some.length === 0) throw new Error(`No mutant has '${text}' in its name or file.`)
    return some
  })
  return [...new Set(found.flat())]
}

/** One of several equal parts of the mutants. */
export function partOf(mutants, part) {
  const [, number = 0, of = 0] = /^(\d+)\/(\d+)$/.exec(part)?.map(Number) ?? []
  if (number < 1 || number > of) throw new Error('--part takes a number and how many: 1/4.')
  return mutants.filter((_, index) => index % of === number - 1)
}
