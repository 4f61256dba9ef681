/** What runs in the page of a tab or frame: one client that hears orders in one of two ways. */

import { GONE, HERE } from './contexts.js'
import { createDesk, createEmptyDesk } from './desk.js'
import { takeAway } from './lacks.js'
import type { Desk, Opening, Order } from './orders.js'

declare global {
  interface Window {
    /** For a driver, where there is one. */
    desk: Desk
  }
}

const opening: Opening = JSON.parse(decodeURIComponent(location.search.slice(1)))

// A window without an opener is reached by name. Its line must not keep the page out of the
// back/forward cache, so it is closed like Holdfast's own.
const Line = globalThis.BroadcastChannel
let line: BroadcastChannel | undefined
const connect = (): void => {
  if (!opening.line || line) return
  const mine = new Line(opening.line)
  line = mine
  mine.onmessage = async ({ data }: MessageEvent<{ to?: 'tab'; id: number; order: Order }>) => {
    if (data.to !== 'tab') return
    const report = await desk(data.order)
    line?.postMessage({ id: data.id, report })
  }
  mine.postMessage({ id: HERE })
}

takeAway(opening.lacks)
const desk = openDesk()
window.desk = desk

/** A client that cannot be made answers every order with the reason. */
function openDesk(): Desk {
  if (opening.bare) return createEmptyDesk('bare')
  try {
    return createDesk(opening)
  } catch (error) {
    return createEmptyDesk('refused', String(error))
  }
}

addEventListener('pagehide', () => {
  line?.postMessage({ id: GONE })
  line?.close()
  line = undefined
})
addEventListener('pageshow', connect)
addEventListener('message', async ({ data, ports: [port] }: MessageEvent<Order>) => {
  port?.postMessage(await desk(data))
})
connect()
opener?.postMessage('here', '*')
