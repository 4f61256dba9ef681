// Holdfast in the frameworks of `frameworks/`: each app is installed with the packed package, built, started
// on the loopback and driven: node scripts/frameworks.mjs [names] [--write] [--verbose]
import { runTypeScript } from './run-typescript.mjs'

await runTypeScript('test/frameworks/main.ts', process.argv.slice(2))
