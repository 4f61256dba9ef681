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

/** Said where tabs of 0.1 listen too: whoever has a newer version hears it elsewhere. */
const FOR_OLD_TABS = 1

/**
 * Two channels, since a deploy leaves tabs of 0.1 open, which put another `holdfast:` before the
 * name. With sessions in IndexedDB nothing else would tell those tabs of a sign-out here, nor this
 * one of theirs: there is no storage event. The old channel goes when no such tab can be left.
 * @throws whatever `BroadcastChannel` throws where it is missing or refused.
 */
function openBroadcast(name: string, onHint: () => void): Line {
  let channels: BroadcastChannel[] = []
  const connect = (): void => {
    channels = [name, `holdfast:${name}`].map((wire) => {
      const channel = new BroadcastChannel(wire)
      channel.onmessage = ({ data }) => data !== FOR_OLD_TABS && onHint()
      return channel
    })
  }
  const hide = (): void => {
    for (const channel of channels) channel.close()
    channels = []
  }
  connect()
  // An open channel can keep a page out of the back/forward cache; what was said meanwhile is lost.
  const stop = listen([
    [globalThis, 'pagehide', hide],
    [
      globalThis,
      'pageshow',
      () => {
        if (channels.length > 0) return
        connect()
        onHint()
      },
    ],
  ])
  return {
    post() {
      channels.forEach((channel, index) => {
        channel.postMessage(index && FOR_OLD_TABS)
      })
    },
    close() {
      stop()
      hide()
    },
  }
}

/**
 * BroadcastChannel in pages and workers; elsewhere, and where it is refused, the clients of this
 * page or process. On servers an open BroadcastChannel would keep the process alive.
 * `name` is the name on the wire, so it must be nobody else's.
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
