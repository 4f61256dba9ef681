import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** Does the work of all processes, and counts. */
export interface Desk {
  readonly url: string
  /** The process of each run of a key, in order. */
  runs(key: string): readonly number[]
  /** The key of every run, in order. */
  all(): readonly string[]
  /** Runs wait until the returned call. */
  hold(): () => void
  /** Resolves when a key is being worked on for the `count`th time. */
  begun(key: string, count?: number): Promise<void>
  /** Answers with this status from now on. */
  status: number
  close(): Promise<void>
}

/** Starts a desk on a free port of the loopback. */
export async function openDesk(): Promise<Desk> {
  const log: { readonly key: string; readonly pid: number }[] = []
  const waiting = new Set<() => void>()
  let gate = Promise.resolve()
  const runs = (key: string): readonly number[] =>
    log.filter((run) => run.key === key).map(({ pid }) => pid)

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { searchParams } = new URL(request.url ?? '/', 'http://desk')
    const key = searchParams.get('key') ?? ''
    log.push({ key, pid: Number(searchParams.get('pid')) })
    const text = `token-of-${key}-${runs(key).length}`
    for (const look of waiting) look()
    await gate
    response.statusCode = desk.status
    response.end(text)
  }

  const http = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  const desk: Desk = {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    status: 200,
    runs,
    all: () => log.map(({ key }) => key),
    hold() {
      let open = (): void => {}
      gate = new Promise((resolve) => {
        open = resolve
      })
      return open
    },
    begun: (key, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (runs(key).length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections()
        http.close(() => resolve())
      }),
  }
  return desk
}
