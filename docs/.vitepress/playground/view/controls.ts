import type { Speed } from '../time.js'
import type { Network, World } from '../world.js'
import { button, choice, h } from './dom.js'

/** The controls of the world. */
export interface Controls {
  readonly element: HTMLElement
  paint(): void
}

const NETWORKS: Readonly<Record<Network, string>> = {
  up: 'up',
  down: 'down (503)',
  slow: 'slow, 4 s an answer',
  'rate-limited': 'rate-limiting (429)',
  unplugged: 'out of reach: no network',
}

const CLOCKS = { '0': 'right', '86400000': 'a day fast', '-86400000': 'a day slow' } as const

const isClock = (text: string): text is keyof typeof CLOCKS => text in CLOCKS

const SPEEDS = { '0': 'stopped', '1': 'as fast as yours', '10': 'ten times as fast' } as const

const SPEED_OF: Readonly<Record<keyof typeof SPEEDS, Speed>> = { '0': 0, '1': 1, '10': 10 }

const MINUTE = 60_000

/** Draws the controls; `open` opens a tab, `say` announces what a control did. */
export function drawControls(
  world: World,
  { open, say }: { readonly open: () => void; readonly say: (text: string) => void },
): Controls {
  const networks = choice({ name: 'network', legend: 'The auth server is' }, NETWORKS, (value) => {
    world.setNetwork(value)
    say(`The auth server is ${NETWORKS[value]}.`)
  })
  const clocks = choice({ name: 'clock', legend: 'This device’s clock is' }, CLOCKS, (value) => {
    world.setSkew(Number(value))
    say(`This device’s clock is ${CLOCKS[value]}, in all tabs.`)
  })
  const speeds = choice({ name: 'speed', legend: 'Time passes' }, SPEEDS, (value) =>
    world.time.setSpeed(SPEED_OF[value]),
  )
  /** Does something with time, and says what it cost. */
  async function costOf(what: string, work: () => Promise<void>): Promise<void> {
    const before = world.refreshes()
    await work()
    const cost = world.refreshes() - before
    say(`${what}. Refresh requests meanwhile: ${cost}.`)
  }
  const element = h(
    'section',
    { class: 'card controls', 'aria-labelledby': 'playground-controls' },
    h('h3', { id: 'playground-controls' }, 'Try to lose the session'),
    networks.element,
    clocks.element,
    speeds.element,
    h(
      'div',
      { class: 'row' },
      button('Open a tab', 'open', open, 'primary'),
      button('Let a minute pass', 'minute', () =>
        costOf('A minute has passed', () => world.time.pass(MINUTE)),
      ),
      button('Sleep for an hour', 'sleep', () =>
        costOf('The device has slept for an hour', () => world.sleep(60 * MINUTE)),
      ),
      button('Sign out on another device', 'elsewhere', () => {
        world.signOutElsewhere()
        say('The server has ended the session. Tabs hear of it at their next refresh.')
      }),
    ),
  )
  return {
    element,
    paint() {
      networks.check(world.network())
      const clock = String(world.skew())
      if (isClock(clock)) clocks.check(clock)
      const speed = world.time.speed()
      speeds.check(speed === 0 ? '0' : speed === 1 ? '1' : '10')
    },
  }
}
