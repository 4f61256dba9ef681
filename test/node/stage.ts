import { createServer, type RequestListener, type ServerOptions } from 'node:http'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server of Node on a free port of the loopback, which ends with its test. */
export interface Stage {
  readonly port: number
  /** All that comes back to these bytes, until the connection closes. */
  talk(...pieces: readonly string[]): Promise<string>
  /** A connection on which these bytes have been sent. */
  open(text: string): Socket
}

/** Ends something with its test. */
export const atEnd = (close: () => void): void => onTestFinished(close)

/** The port of a server that listens. */
export function portOf(server: { address(): unknown }): number {
  return Number(Reflect.get(Object(server.address()), 'port'))
}

/** What comes over a connection until it closes. */
export function allOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let all = ''
    socket.setEncoding('utf8')
    socket.on('data', (piece) => {
      all += piece
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(all))
  })
}

/** Serves over plain HTTP/1.1, as `http.createServer` does. */
export async function serve(
  listener: RequestListener,
  options: ServerOptions = {},
): Promise<Stage> {
  const server = createServer(options, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    server.closeAllConnections()
    server.close()
  })
  const port = portOf(server)
  const open = (text: string): Socket => {
    const socket = connect(port, '127.0.0.1')
    atEnd(() => socket.destroy())
    socket.write(text, 'latin1')
    return socket
  }
  return {
    port,
    open,
    async talk(...pieces) {
      const [first = '', ...rest] = pieces
      const socket = open(first)
      const all = allOf(socket)
      for (const piece of rest) socket.write(piece, 'latin1')
      return all
    },
  }
}

/** The head of a request, with `Connection: close` unless it says something else of that. */
export function head(line: string, headers: readonly string[] = ['Host: app.example']): string {
  const close = headers.some((header) => /^connection:/i.test(header)) ? [] : ['Connection: close']
  return `${[`${line} HTTP/1.1`, ...headers, ...close].join('\r\n')}\r\n\r\n`
}

/** The status of an answer, and what came after its head. */
export function read(answer: string): { readonly status: number; readonly body: string } {
  const [, status] = /^HTTP\/1\.1 (\d+)/.exec(answer) ?? []
  return { status: Number(status), body: answer.slice(answer.indexOf('\r\n\r\n') + 4) }
}
