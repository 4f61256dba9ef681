// `holdfast/server` of the built package in Cloudflare's workerd: see runtimes.mjs.
import { checkRedirects, checkServer } from './server-checks.mjs'

export default {
  async test() {
    await checkRedirects('http://localhost')
    console.log(await checkServer())
  },
}
