import type { Channel } from '../core/ports.js'
import { listen } from './listen.js'
import { documentHere } from './page.js'

type Line = ReturnType<Channel['open']>

interface Member {
  readonly name: string
  readonly onHint: () => void
}

/** Who listens in this page or process. */
const members = new Set<Member>()

function openLocal(name: string, onHint: () => void): Line {
  const me: Member = { name, onHint }
  members.add(me)
  return {
    post() {
      if (!members.has(me)) return
      for (const other of members) {
        if (other === me || other.name !== name) continue
        Promise.resolve().then(() => members.has(other) && other.onHint())
      }
    },
    close: () => void members.delete(me),
  }
}

/** @throws whatever `BroadcastChannel` throws where it is missing or refused. */
function openBroadcast(name: string, onHint: () => void): Line {
  let channel: BroadcastChannel | undefined
  const connect = (): void => {
    channel = new BroadcastChannel(`holdfast:${name}`)
    channel.onmessage = () => onHint()
  }
  const hide = (): void => {
    channel?.close()
    channel = undefined
  }
  connect()
  // An open channel can keep a page out of the back/forward cache; what was said meanwhile is lost.
  const stop = listen([
    [globalThis, 'pagehide', hide],
    [
      globalThis,
      'pageshow',
      () => {
        if (channel) return
        connect()
        onHint()
      },
    ],
  ])
  return {
    post: () => channel?.postMessage(0),
    close() {
      stop()
      hide()
    },
  }
}

/**
 * BroadcastChannel in pages and workers; elsewhere, and where it is refused, the clients of this
 * page or process. On servers an open BroadcastChannel would keep the process alive.
 */
export function platformChannel(): Channel {
  return {
    open(name, onHint) {
      if (documentHere() || 'WorkerGlobalScope' in globalThis) {
        try {
          return openBroadcast(name, onHint)
        } catch {
          // Missing, or refused in an opaque origin: no other context shares the storage then.
        }
      }
      return openLocal(name, onHint)
    },
  }
}
