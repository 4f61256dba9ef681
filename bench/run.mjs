// Holdfast beside its peers, in one run:
// node bench/run.mjs [--only browser|server|oidc] [--scenario WORDS] [--quick] [--json FILE] [--readme] [--record]
import { runTypeScript } from '../scripts/run-typescript.mjs'

await runTypeScript('bench/main.ts', process.argv.slice(2))
