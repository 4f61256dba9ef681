import { listen, readText, relay } from './node-server.js'

/**
 * Starts what stands before a route of an app, to which it passes on all that is posted to it; `arrived` is when the
 * first of that came, in ms, by `performance`.
 */
export async function startGate(route: string) {
  let note: (at: number) => void = () => {}
  const arrived = new Promise<number>((resolve) => {
    note = resolve
  })
  const server = await listen(async (incoming, outgoing) => {
    note(performance.now())
    const headers = { 'content-type': incoming.headers['content-type'] ?? '' }
    const body = await readText(incoming)
    await relay(await fetch(route, { method: 'POST', headers, body }), outgoing)
  })
  return { ...server, arrived }
}
