// The OpenID Connect provider against a real Keycloak, which is fetched, kept, started and stopped:
// node scripts/servers.mjs [--only WORDS] [--docs]
import { runTypeScript } from './run-typescript.mjs'

await runTypeScript('test/servers/main.ts', process.argv.slice(2))
