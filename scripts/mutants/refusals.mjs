// Finds mutants that say nothing about the tests, since they change nothing or the compiler refuses them.
import { extname } from 'node:path'
import { transform } from 'esbuild'
import { mutate, UnappliedError } from './apply.mjs'
import { run } from './run.mjs'

/** What a check of the types may take, in ms. */
const TYPECHECK = 300_000

/** What the compiler says against the types in `folder`, a complaint each. */
export async function typeErrors(folder) {
  const args = ['node_modules/typescript/bin/tsc', '-p', '.', '--noEmit', '--pretty', 'false']
  const { code, output } = await run(args, { cwd: folder, limit: TYPECHECK })
  if (code === null) throw new Error('The compiler took too long.')
  if (code === 0) return []
  // What goes on says more of the line before.
  return output.split('\n').filter((line) => line !== '' && !line.startsWith(' '))
}

/** Throws unless the code that a mutant makes is another one. */
async function assertChange(text, mutant) {
  const options = { loader: extname(mutant.file).slice(1), minify: true, tsconfigRaw: {} }
  const [sound, mutated] = await Promise.all(
    [text, mutate(text, mutant)].map((source) => transform(source, options)),
  )
  if (sound.code === mutated.code) throw new UnappliedError('The code is the same with it.')
}

/** One mutant of each file, then the next of each. */
export function batched(mutants) {
  const batches = []
  const times = {}
  for (const mutant of mutants) {
    const turn = times[mutant.file] ?? 0
    times[mutant.file] = turn + 1
    batches[turn] ??= []
    batches[turn].push(mutant)
  }
  return batches
}

/** What to try apart when a batch is complained about: those complained of one by one, or halves. */
export function divided(batch, complaints) {
  const blamed = batch.filter(({ file }) => complaints.some((line) => line.startsWith(`${file}(`)))
  const half = Math.ceil(batch.length / 2)
  if (blamed.length === 0) return [batch.slice(0, half), batch.slice(half)]
  const rest = batch.filter((mutant) => !blamed.includes(mutant))
  return [...blamed.map((mutant) => [mutant]), ...(rest.length > 0 ? [rest] : [])]
}

async function complaintsOf(workshop, batch) {
  const removes = batch.map((mutant) => workshop.plant(mutant))
  try {
    return await typeErrors(workshop.folder)
  } finally {
    for (const remove of removes) remove()
  }
}

/** The mutants that cannot be judged, each with the reason. */
export async function refusals(workshop, mutants) {
  const refused = new Map()
  for (const mutant of mutants) {
    try {
      await assertChange(workshop.read(mutant.file), mutant)
    } catch (error) {
      refused.set(mutant, error.message)
    }
  }
  const check = async (batch) => {
    const complaints = await complaintsOf(workshop, batch)
    if (complaints.length === 0) return
    if (batch.length === 1) {
      refused.set(batch[0], `The compiler already refuses it: ${complaints[0]}`)
      return
    }
    for (const part of divided(batch, complaints)) await check(part)
  }
  for (const batch of batched(mutants.filter((mutant) => !refused.has(mutant)))) await check(batch)
  return refused
}
