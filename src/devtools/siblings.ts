import { isObject, isText } from '../core/record.js'
import { listen } from '../environment/listen.js'
import type { Tone, Words } from './words.js'

/** What panels tell each other: what happened, and in which tab. No token, and no key. */
export interface Told extends Words {
  /** In ms since the epoch, by the clock of that tab. */
  readonly at: number
  readonly tab: string
}

/** The way to the panels of the other tabs. */
export interface Siblings {
  tell(moment: Told): void
  close(): void
}

/** Longer texts are none that a panel makes. */
const LONGEST = 400

const TONES: readonly unknown[] = ['plain', 'good', 'warning', 'bad']

const isShort = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LONGEST

/** Reads untrusted data: anything of this origin may speak on the channel. */
function toTold(data: unknown): Told | null {
  if (!isObject(data)) return null
  const { tab, at, title, text, tone } = data
  if (!isText(tab) || !isShort(tab) || !isText(title) || !isShort(title) || !isShort(text))
    return null
  if (!isTime(at) || !isTone(tone)) return null
  return { tab, at, title, text, tone }
}

/** Whether a date can be made of it: one beyond all dates would fail wherever it is shown. */
const isTime = (at: unknown): at is number =>
  typeof at === 'number' && !Number.isNaN(new Date(at).getTime())

const isTone = (tone: unknown): tone is Tone => TONES.includes(tone)

/**
 * Opens the channel between the panels of clients that share a storage. Where there is no
 * BroadcastChannel, or it is refused, no other tab is heard of. While the page is put away the
 * channel is closed, as an open one can keep it out of the back/forward cache.
 */
export function openSiblings(name: string, onTold: (moment: Told) => void): Siblings {
  let channel: BroadcastChannel | null = null
  const connect = (): void => {
    try {
      channel ??= new BroadcastChannel(`holdfast-devtools:${name}`)
      channel.onmessage = ({ data }) => {
        const told = toTold(data)
        if (told) onTold(told)
      }
    } catch {
      // Missing, or refused in an opaque origin, where no other tab shares the storage either.
    }
  }
  const disconnect = (): void => {
    channel?.close()
    channel = null
  }
  connect()
  const stop = listen([
    [globalThis, 'pagehide', disconnect],
    [globalThis, 'pageshow', connect],
  ])
  return {
    tell: (moment) => channel?.postMessage(moment),
    close() {
      stop()
      disconnect()
    },
  }
}
