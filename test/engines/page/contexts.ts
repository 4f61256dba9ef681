import type { Desk, Opening, Order, Report } from './orders.js'

/** Another context with a client in it. */
export interface Context {
  order: Desk
  /** Ends the context, whatever it is doing. */
  remove(): void
}

/** A window of its own. */
export interface Window extends Context {
  /** Resolves when its page goes away. */
  left(): Promise<void>
  /** Resolves when its page is there again, after it has been away. */
  returned(): Promise<void>
}

/** How long a context may take to answer, in ms. */
const PATIENCE = 20_000

const address = (path: string, opening: Opening): string =>
  `${path}?${encodeURIComponent(JSON.stringify(opening))}`

/** The page of a frame or window. */
const pageOf = (opening: Opening): string =>
  address(opening.release ? `/tab-${opening.release}` : '/tab', opening)

function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer.`)), PATIENCE)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** Orders by a message with a port for the answer. */
const byPort =
  (post: (order: Order, ports: MessagePort[]) => void, what: string): Desk =>
  (order) => {
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise<Report>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<Report>) => resolve(data)
    })
    post(order, [port2])
    return within(answer, what).finally(() => port1.close())
  }

/** Options of `openFrame`. */
export interface FrameOptions {
  /** The value of its `sandbox` attribute. */
  readonly sandbox?: string
  /** An origin of another site. */
  readonly origin?: string
}

/** Opens a frame of this page. */
export async function openFrame(opening: Opening, options: FrameOptions = {}): Promise<Context> {
  const frame = document.createElement('iframe')
  if (options.sandbox) frame.setAttribute('sandbox', options.sandbox)
  frame.src = `${options.origin ?? ''}${pageOf(opening)}`
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
  document.body.append(frame)
  await within(loaded, 'A frame')
  return {
    order: byPort((order, ports) => frame.contentWindow?.postMessage(order, '*', ports), 'A frame'),
    remove: () => frame.remove(),
  }
}

/** What a window says by itself, in the place of the number of an order. */
export const [HERE, GONE] = [0, -1]

let lines = 0

/** Opens a window that knows nothing of this one, as a person would open a tab. */
export async function openWindow(opening: Opening): Promise<Window> {
  const line = new BroadcastChannel(`engines-${opening.key}-${++lines}`)
  const waiting = new Map<number, (report: Report) => void>()
  let id = 0
  let [arrive, leave] = [(): void => {}, (): void => {}]
  const arrival = (): Promise<void> => {
    const there = new Promise<void>((resolve) => {
      arrive = resolve
    })
    return within(there, 'A window')
  }
  const departure = (): Promise<void> => {
    const gone = new Promise<void>((resolve) => {
      leave = resolve
    })
    return within(gone, 'A window')
  }
  line.onmessage = ({ data }: MessageEvent<{ id: number; report?: Report }>) => {
    if (data.id === HERE) arrive()
    else if (data.id === GONE) leave()
    else if (data.report) waiting.get(data.id)?.(data.report)
  }
  const ready = arrival()
  const target = pageOf({ ...opening, line: line.name })
  open(target, '_blank', 'noopener,width=200,height=200')
  await ready
  const order: Desk = (what) => {
    const mine = ++id
    const answer = new Promise<Report>((resolve) => waiting.set(mine, resolve))
    line.postMessage({ to: 'tab', id: mine, order: what })
    return within(answer, 'A window').finally(() => waiting.delete(mine))
  }
  return {
    order,
    left: departure,
    returned: arrival,
    remove() {
      line.postMessage({ to: 'tab', id: ++id, order: { do: 'close' } })
      line.close()
    },
  }
}

/** Opens a window of another origin that can be spoken to, because it knows its opener. */
export async function openPopup(opening: Opening, origin: string): Promise<Context> {
  const popup = open(`${origin}${pageOf(opening)}`, '_blank', 'width=200,height=200')
  if (!popup) throw new Error('The engine opens no window.')
  const order = byPort((what, ports) => popup.postMessage(what, '*', ports), 'The window')
  // Of a window of another origin nothing can be heard before it speaks.
  const loaded = new Promise<void>((resolve) => {
    const hear = ({ source }: MessageEvent): void => {
      if (source !== popup) return
      removeEventListener('message', hear)
      resolve()
    }
    addEventListener('message', hear)
  })
  await within(loaded, 'The window')
  return { order, remove: () => popup.close() }
}

/** Starts a web worker. */
export function startWorker(opening: Opening): Context {
  const worker = new Worker(address('/worker.js', opening))
  const order = byPort((what, ports) => worker.postMessage(what, ports), 'The worker')
  return { order, remove: () => worker.terminate() }
}

/** Starts a shared worker. */
export function startSharedWorker(opening: Opening): Context {
  const { port } = new SharedWorker(address('/worker.js', opening))
  port.start()
  const order = byPort((what, ports) => port.postMessage(what, ports), 'The shared worker')
  return { order, remove: () => port.close() }
}

/** Registers a service worker and waits until it is active. */
export async function startServiceWorker(opening: Opening): Promise<Context> {
  const scope = `/scope-${opening.key}/`
  const registration = await navigator.serviceWorker.register(address('/worker.js', opening), {
    scope,
  })
  const worker = registration.installing ?? registration.waiting ?? registration.active
  if (!worker) throw new Error('There is no service worker after its registration.')
  const active = new Promise<void>((resolve) => {
    const look = (): void => {
      if (worker.state === 'activated') resolve()
    }
    worker.addEventListener('statechange', look)
    look()
  })
  await within(active, 'The service worker')
  const order = byPort((what, ports) => worker.postMessage(what, ports), 'The service worker')
  return { order, remove: () => void registration.unregister() }
}
