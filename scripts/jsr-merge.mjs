import { posix } from 'node:path'

/** `declare module './file.js' { interface Name { … } }`, as providers add to types of the core. */
const AUGMENTATION =
  /^declare module '(\.[^']+)' \{\n {2}interface (\w+) \{\n([\s\S]*?)^ {2}\}\n\}\n/gm

/** The path of the file that an import names. */
const pathOf = (from, name) => posix.join(posix.dirname(from), name).replace(/\.js$/, '.ts')

/** How one file imports from another. */
function nameOf(from, to) {
  const path = posix.relative(posix.dirname(from), to).replace(/\.ts$/, '.js')
  return path.startsWith('.') ? path : `./${path}`
}

/** Where the types come from that some lines name: an import of the file that they stand in, or that file. */
function importsFor(members, path, text, target) {
  const imported = [...text.matchAll(/^import (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap(
    ([, names, from]) => names.split(',').map((name) => [name.trim().replace(/^type /, ''), from]),
  )
  const own = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => [
    name,
    path,
  ])
  return [...imported, ...own]
    .filter(([name]) => name && new RegExp(`\\b${name}\\b`).test(members))
    .map(([name, from]) => {
      const file = from.startsWith('.') ? pathOf(path, from) : from
      return file === target ? '' : `import type { ${name} } from '${nameOf(target, file)}'\n`
    })
    .join('')
}

/** Adds members to an interface of a file. */
function extend(text, name, members) {
  const empty = new RegExp(`^export interface ${name}( extends [^{]*)? ?\\{\\}`, 'm')
  const filled = new RegExp(
    `^(export interface ${name}( extends [^{]*)? ?\\{\\n[\\s\\S]*?)^\\}`,
    'm',
  )
  if (empty.test(text)) return text.replace(empty, `export interface ${name} {\n${members}}`)
  if (filled.test(text)) return text.replace(filled, (_all, body) => `${body}${members}}`)
  throw new Error(`There is no interface ${name} to add to.`)
}

/**
 * The sources with what providers add to the core's types written there: JSR takes no module that changes the
 * types of another one. An app then knows these members also where it does not import the provider.
 */
export function mergeAugmentations(files) {
  const merged = new Map(files)
  for (const [path, text] of files) {
    for (const [whole, module, name, body] of text.matchAll(AUGMENTATION)) {
      const target = pathOf(path, module)
      const members = body.replace(/^ {2}/gm, '')
      const imports = importsFor(members, path, text, target)
      const extended = extend(merged.get(target) ?? '', name, members)
      merged.set(target, `${imports}${extended}`)
      merged.set(path, merged.get(path).replace(whole, ''))
    }
  }
  return merged
}
