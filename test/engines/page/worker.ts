/** What runs in a web worker, a shared worker or a service worker: one client that hears orders. */

import { createDesk } from './desk.js'
import type { Opening, Order } from './orders.js'

const opening: Opening = JSON.parse(decodeURIComponent(location.search.slice(1)))
const desk = createDesk(opening)

async function hear({ data, ports: [port] }: MessageEvent<Order>): Promise<void> {
  port?.postMessage(await desk(data))
}

addEventListener('message', hear)
// A shared worker hears through the port of whoever connects.
addEventListener('connect', (event) => {
  if (!(event instanceof MessageEvent)) return
  const [port] = event.ports
  if (port) port.onmessage = hear
})
