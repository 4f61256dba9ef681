import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { listen, type NodeServer } from '../support/node-server.js'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

/** Serves a folder as the plainest of servers do: files, and `index.html` of folders. */
export function serveFolder(folder: string): Promise<NodeServer> {
  return listen(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = join(folder, normalize(decodeURIComponent(pathname)))
    if (isFolder(path) && !pathname.endsWith('/')) {
      response.writeHead(301, { location: `${pathname}/` }).end()
      return
    }
    const file = pathname.endsWith('/') ? join(path, 'index.html') : path
    if (!existsSync(file)) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.')
      return
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type }).end(await readFile(file))
  })
}
