import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../package/compile.js'
import { read } from './pages.js'

/** The lines of the shell blocks of a page, without comments. */
export const shellLines = (text: string): string[] =>
  [...text.matchAll(/^( *)```(?:sh|bash|shell)\n([\s\S]*?)^\1```/gm)].flatMap(([, , block = '']) =>
    block
      .replace(/\\\n/g, ' ')
      .split('\n')
      .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
      .filter((line) => line !== ''),
  )

/** Scripts that every app has which `npm create` or its like made. */
const OF_APPS = ['dev', 'build', 'start', 'preview', 'test']

/** Whether a page makes an app of its own, whose files are not here. */
const makesApp = (lines: readonly string[]): boolean =>
  lines.some((line) => /^(?:npm (?:create|init)\b|npx (?:-y )?(?:create-|\S+ new\b))/.test(line))

/** The scripts that `npm run` knows on a page: those of its own folder, and of the root. */
function scriptsOf(page: string, lines: readonly string[]): ReadonlySet<string> {
  const manifests = [join(dirname(page), 'package.json'), 'package.json']
  const names = manifests
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) => Object.keys(JSON.parse(read(path)).scripts ?? {}))
  return new Set([...names, ...(makesApp(lines) ? OF_APPS : [])])
}

/** The files and folders that a command names: what it runs, and where it goes. */
const pathsOf = (command: string): string[] =>
  [/^node (?:--\S+ )*([\w./-]+\.[cm]?[jt]s)\b/, /^cd ([\w./-]+)/, /^(\.[\w-]*\/[\w./-]+)/].flatMap(
    (pattern) => pattern.exec(command)?.[1] ?? [],
  )

/** The variables that are set for one command. */
const settingsOf = (part: string): string[] =>
  /^(?:[A-Z_]+=\S*\s+)+/.exec(part)?.[0].trim().split(/\s+/) ?? []

/** What a line sets for its first command alone, and seems to set for all. */
function lostSettings(line: string, parts: readonly string[]): string[] {
  return parts.flatMap((part, at) =>
    settingsOf(part)
      .filter((one) => parts.slice(at + 1).some((later) => !settingsOf(later).includes(one)))
      .map((one) => `${line}: only \`${part}\` gets ${one}`),
  )
}

/** What is wrong with the shell blocks of a page. */
export function wrongCommands(page: string, text: string): string[] {
  const lines = shellLines(text)
  const scripts = scriptsOf(page, lines)
  const chains = lines.map((line) => ({ line, parts: line.split(/\s*(?:&&|\|\||;|\|)\s*/) }))
  const lost = chains.flatMap(({ line, parts }) => lostSettings(line, parts))
  const unknown = chains
    .flatMap(({ parts }) => parts)
    .flatMap((part) => {
      const command = part.replace(/^(?:[A-Z_]+=\S*\s+)+/, '')
      const [, script] =
        /^npm (?:run|run-script) (?:-\S+ )*([\w:-]+)/.exec(command) ??
        /^npm (start|test)\b/.exec(command) ??
        []
      if (script && !scripts.has(script)) return [`${part}: there is no script '${script}'`]
      const missing = makesApp(lines) ? [] : pathsOf(command)
      return missing
        .filter(
          (path) => ![path, join(dirname(page), path)].some((at) => existsSync(join(root, at))),
        )
        .map((path) => `${part}: there is no ${path}`)
    })
  return [...lost, ...unknown]
}
