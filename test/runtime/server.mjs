// `holdfast/server` of the built package in Node, Deno or Bun. Run by hand or by CI:
// `node test/runtime/server.mjs`.
import { createServer } from 'node:http'
import { checkRedirects, checkServer } from './server-checks.mjs'

const visits = { moved: 0, elsewhere: 0 }
const site = createServer((request, response) => {
  if (request.url === '/visits') return response.end(JSON.stringify(visits))
  const moved = request.url.startsWith('/moved')
  visits[moved ? 'moved' : 'elsewhere'] += 1
  response.writeHead(moved ? 307 : 200, moved ? { location: '/elsewhere' } : {}).end('{}')
})
await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))
await checkRedirects(`http://127.0.0.1:${site.address().port}`)
site.closeAllConnections()
site.close()
console.log(await checkServer())
