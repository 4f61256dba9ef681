// `holdfast/server` of the built package in workerd: bundle this file with esbuild (`conditions`:
// `worker`) as a module of a worker, with a `globalOutbound` that answers as the site of server.mjs
// does, and run `workerd test`.
import { checkRedirects, checkServer } from './server-checks.mjs'

export default {
  async test() {
    await checkRedirects('http://localhost')
    console.log(await checkServer())
  },
}
