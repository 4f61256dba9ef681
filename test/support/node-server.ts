import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A server on a free port of the loopback. */
export interface NodeServer {
  /** Such as `http://127.0.0.1:4000`. */
  readonly origin: string
  readonly port: number
  close(): Promise<void>
}

/** The body of a request. */
export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** A request of Node as the web knows it; its address is whole when a proxy is asked. */
export async function toRequest(
  request: IncomingMessage,
  origin = 'http://127.0.0.1',
): Promise<Request> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value)
  }
  const body = await readText(request)
  const { method = 'GET', url = '/' } = request
  return new Request(new URL(url, origin), { method, headers, ...(body && { body }) })
}

/** Answers as the web says, with a header for each cookie. */
export async function relay(
  reply: Response,
  response: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const cookies = reply.headers.getSetCookie()
  response.writeHead(reply.status, {
    ...headers,
    ...Object.fromEntries(reply.headers),
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  })
  response.end(Buffer.from(await reply.arrayBuffer()))
}

/** Serves on a free port of the loopback. */
export async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<NodeServer> {
  const http = createServer((request, response) => void answer(request, response))
  // Browsers reuse a connection in the very moment in which a short-lived one ends.
  http.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  if (typeof address !== 'object' || !address) throw new Error('The server has no address.')
  const { port } = address
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections()
        http.close(() => resolve())
      }),
  }
}
