// Makes docs/reference of the types and their comments, a page for each module that an app can import:
// node docs/.vitepress/reference.mjs
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, Converter, ReflectionKind } from 'typedoc'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = join(root, 'docs/reference')

/** What an app imports, such as `holdfast/react`, and the source of it. */
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const modules = Object.entries(exports)
  .filter(([, { types }]) => types)
  .map(([path, { types }]) => ({
    name: path.replace(/^\./, 'holdfast'),
    source: types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts'),
  }))
  // One source under a second name, as for production builds, needs no second page.
  .filter(({ source }, index, all) => all.findIndex((one) => one.source === source) === index)

/** The name that typedoc gives a module: its path in `src`, without `index`. */
const madeName = (source) =>
  source
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replace(/(?<=.)\/index$/, '')

const OPTIONS = {
  name: 'Reference',
  tsconfig: join(root, 'tsconfig.json'),
  plugin: ['typedoc-plugin-markdown'],
  out,
  readme: 'none',
  entryFileName: 'index',
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  // What an error has of the language's own.
  excludeExternals: true,
  // The repository's own compiler does that.
  skipErrorChecking: true,
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  // Types that only describe options of others are shown where they are used.
  validation: { notExported: false, invalidLink: true, notDocumented: false },
  sort: ['alphabetical'],
  groupOrder: ['Functions', 'Classes', 'Variables', '*'],
  router: 'module',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hideGroupHeadings: true,
  useCodeBlocks: true,
  // Its count of equal headings is another than that of the site: so it links to anchors of its own.
  useHTMLAnchors: true,
  anchorPrefix: 'ref-',
  sanitizeComments: true,
  parametersFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  textContentMappings: { 'title.memberPage': '{name}', 'title.modulePage': '{name}' },
}

/** Public names without a comment, such as `holdfast/react createAuthHooks`. */
export function undocumented(project) {
  const hasComment = (reflection) =>
    reflection.hasComment() ||
    (reflection.signatures ?? []).some((signature) => signature.hasComment()) ||
    (reflection.type?.declaration?.signatures ?? []).some((signature) => signature.hasComment())
  return project
    .getReflectionsByKind(ReflectionKind.Module)
    .flatMap((module) =>
      (module.children ?? [])
        .filter((child) => !child.isReference() && !hasComment(child))
        .map((child) => `${module.name} ${child.name}`),
    )
}

async function convert() {
  const entryPoints = modules.map(({ source }) => join(root, source))
  const app = await Application.bootstrapWithPlugins({ ...OPTIONS, entryPoints })
  const names = new Map(modules.map(({ name, source }) => [madeName(source), name]))
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return
    const name = names.get(reflection.name)
    if (!name) throw new Error(`No module of the package is called ${reflection.name}.`)
    reflection.name = name
  })
  const project = await app.convert()
  if (!project) throw new Error('typedoc made nothing of the sources.')
  return { app, project }
}

async function main() {
  const { app, project } = await convert()
  const bare = undocumented(project)
  if (bare.length > 0) throw new Error(`These have no doc comment: ${bare.join(', ')}.`)
  app.validate(project)
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  await app.generateOutputs(project)
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error('See the lines above.')
  const items = modules.map(({ name }) => ({ text: name, link: `/reference/${name}` }))
  writeFileSync(join(out, 'sidebar.json'), `${JSON.stringify(items, null, 2)}\n`)
}

await main()
