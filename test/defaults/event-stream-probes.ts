import {
  createEventStreams,
  type EventStreamOptions,
} from '../../src/server/endings/event-streams.js'
import { createManualClock } from '../../src/testing/index.js'
import { createEndingsWorld } from '../server/endings/endings-stage.js'
import type { Probe } from './documented.js'
import { lasts, timeOf } from './times.js'

const wanted = (session: string) => ({
  session,
  lastEventId: null,
  request: { signal: new AbortController().signal },
  watch: async () => () => {},
})

/** How many streams there may be of the sessions of these names. */
async function room(nameOf: (index: number) => string): Promise<number> {
  const { open } = createEventStreams({ clock: createManualClock() })
  for (let count = 0; ; count += 1) {
    if (typeof (await open(wanted(nameOf(count)))) === 'string') return count
  }
}

/** A page that reads a stream. */
async function read(options: EventStreamOptions) {
  const stream = await createEventStreams(options).open(wanted('one'))
  if (typeof stream === 'string') throw new Error('There is no stream.')
  const reader = stream.getReader()
  await reader.read()
  return reader
}

/** What event streams do where nobody says otherwise. */
export const eventStreamProbes: Readonly<Record<string, Probe>> = {
  'EventStreamOptions.perSession': { observe: () => room(() => 'one') },
  'EventStreamOptions.total': { observe: () => room(String) },
  'EventStreamOptions.keepAlive': {
    async observe() {
      const clock = createManualClock()
      return timeOf(clock, (await read({ clock })).read())
    },
  },
  'EventStreamOptions.maxAge': {
    async observe() {
      const clock = createManualClock()
      const reader = await read({ clock })
      const toEnd = async (): Promise<void> => {
        while (!(await reader.read()).done);
      }
      return timeOf(clock, toEnd())
    },
  },
  'EventStreamOptions.clock': {
    says: 'the clock of this process',
    observe: async () => (await lasts(async () => (await read({ keepAlive: 700 })).read())) === 700,
  },
  'BackendOptions.events': {
    async observe() {
      const { backend } = await createEndingsWorld()
      return backend.owns('/auth/events')
    },
  },
}
