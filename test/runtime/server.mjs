// `holdfast/server` and `holdfast/node` of the built package in Node, Deno or Bun. Run by hand or by CI:
// `node test/runtime/server.mjs`.
import { createServer } from 'node:http'
import { nodeHandler } from 'holdfast/node'
import { checkNode, checkRedirects, checkServer } from './server-checks.mjs'

const visits = { moved: 0, elsewhere: 0 }
const site = createServer((request, response) => {
  if (request.url === '/visits') return response.end(JSON.stringify(visits))
  const moved = request.url.startsWith('/moved')
  visits[moved ? 'moved' : 'elsewhere'] += 1
  response.writeHead(moved ? 307 : 200, moved ? { location: '/elsewhere' } : {}).end('{}')
})
const mirror = createServer(
  nodeHandler((request) => {
    if (!request.url.endsWith('/echo')) return null
    const cookies = ['a=1', 'b=2'].map((cookie) => ['Set-Cookie', cookie])
    return new Response(request.body, { headers: cookies })
  }),
)

/** Serves on the loopback as long as `check` asks. */
async function withServer(server, check) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  await check(`http://127.0.0.1:${server.address().port}`)
  server.closeAllConnections()
  server.close()
}

await withServer(site, checkRedirects)
await withServer(mirror, checkNode)
console.log(await checkServer())
