import { guideText } from '../guides/pairs.js'

/** What a reader of a guide does, as it stands there. */
export interface Guide {
  /** The lines of its shell blocks, in order. */
  readonly commands: readonly string[]
  /** Its files, by the path in the first line of each block. */
  readonly files: ReadonlyMap<string, string>
}

const FILE = /^(?:\/\/|#|--|<!--) ?([\w./[\]-]+\.\w[\w.]*)(?: -->)?\n/
const ENVIRONMENT = /^# (\.env[\w.]*)\n/

/** Reads a guide of `docs/guides`, or what `docs/pairs.md` makes of one for another auth server. @throws Error when a block is neither of a shell nor a whole file. */
export function readGuide(name: string): Guide {
  const files = new Map<string, string>()
  const commands: string[] = []
  for (const [, kind = '', text = ''] of guideText(name).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const path = (ENVIRONMENT.exec(text) ?? FILE.exec(text))?.[1]
    if (kind === 'sh') commands.push(...text.trim().split('\n'))
    else if (!path) throw new Error(`A block of ${name} does not say which file it is:\n${text}`)
    else if (files.has(path)) throw new Error(`${name} has ${path} twice.`)
    else files.set(path, text)
  }
  return { commands, files }
}

/** The packages that a guide installs. */
export const packagesOf = ({ commands }: Guide): readonly string[] =>
  commands
    .filter((line) => line.startsWith('npm install '))
    .flatMap((line) => line.split(' ').slice(2))
    .filter((word) => !word.startsWith('-'))

/** A file of settings with the values of this run. @throws Error for one that the run does not know. */
export function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  return text.replace(/^(\w+)=.*$/gm, (_line, name: string) => {
    const value = settings[name]
    if (value === undefined) throw new Error(`The run has no value for ${name}.`)
    return `${name}=${value}`
  })
}
