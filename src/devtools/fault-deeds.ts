import type { Deed } from './deeds.js'
import { clockWords, type Network } from './faults.js'
import type { Source } from './source.js'
import { useElsewhere } from './theft.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Browsers tell nobody that the clock was set: the next call finds out, and this is one. */
export const noticeClock = ({ auth }: Source): void => {
  auth.getSession().catch(() => {
    // What fails is an event of its own.
  })
}

/** The buttons that make something go wrong, where the app has given the client what they work by. */
export function faultDeedsOf(source: Source): readonly Deed[] {
  const { faults } = source
  if (!faults) return []

  /** Switches one way of the network on, and when it is on, off. */
  const outage = (label: string, network: Network, says: string): Deed => ({
    kind: 'plain',
    label,
    isOn: () => faults.network() === network,
    async run() {
      const begins = faults.network() !== network
      faults.setNetwork(begins ? network : 'fine')
      return begins ? says : 'It is over. The next request finds that out.'
    },
  })

  const move = (label: string, ms: number): Deed => ({
    kind: 'plain',
    label,
    async run() {
      faults.moveClock(ms)
      noticeClock(source)
      return `For this client: ${clockWords(faults.skew())}.`
    },
  })

  return [
    outage('Server out of reach', 'unreachable', 'Requests fail, as without a network.'),
    outage('Server answers 503', 'unavailable', 'Requests are answered by 503, and not sent.'),
    outage('Server slow', 'slow', 'Answers come four seconds late.'),
    move('Clock −1 d', -DAY),
    move('Clock −1 h', -HOUR),
    move('Clock +1 h', HOUR),
    move('Clock +1 d', DAY),
    {
      kind: 'asking',
      label: 'Steal the token…',
      question: 'Use the refresh token elsewhere? Servers that watch for this end the session.',
      choices: [{ label: 'Use it elsewhere', run: () => useElsewhere(source) }],
    },
    {
      kind: 'plain',
      label: 'Set all right',
      async run() {
        faults.setRight()
        noticeClock(source)
        return 'Nothing is switched on.'
      },
    },
  ]
}
