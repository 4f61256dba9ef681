import type { Channel } from '../../core/ports.js'
import type { Life } from './life.js'

/** The bus between tabs, and the way in which it can fail. */
export interface FakeBrowserBus {
  /** Whether messages get lost. */
  loseMessages(on: boolean): void
}

interface Member {
  readonly life: Life
  readonly name: string
  readonly onHint: () => void
}

/** The controls, and the bus behind them. */
export interface Bus {
  readonly controls: FakeBrowserBus
  /** The bus as one tab sees it. */
  channel(life: Life): Channel
}

/** Makes a bus that nobody listens to yet. */
export function createBus(): Bus {
  const members = new Set<Member>()
  let lossy = false

  function open(life: Life, name: string, onHint: () => void): ReturnType<Channel['open']> {
    const me: Member = { life, name, onHint }
    const forget = life.onCrash(() => members.delete(me))
    if (life.alive()) members.add(me)
    return {
      post() {
        if (lossy || !members.has(me)) return
        for (const other of members) {
          if (other === me || other.name !== name) continue
          other.life.arrive('channel.hint', name, () => {
            if (members.has(other)) other.onHint()
          })
        }
      },
      close() {
        members.delete(me)
        forget()
      },
    }
  }

  return {
    controls: {
      loseMessages(on) {
        lossy = on
      },
    },
    channel: (life) => ({ open: (name, onHint) => open(life, name, onHint) }),
  }
}
