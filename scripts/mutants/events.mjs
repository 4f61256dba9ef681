const file = 'src/core/events.ts'
const store = 'src/core/store.ts'
const bounds = 'src/core/bounded.ts'

/** Bugs in who hears what, and in the bounds of waits. */
export const EVENTS = [
  {
    file,
    name: 'Each change waits until the listeners of the one before have settled.',
    edits: [
      [
        '): (...args: Args) => void {\n  return (...args) => {\n    try {\n      Promise',
        '): (...args: Args) => unknown {\n  return (...args) => {\n    try {\n      return Promise',
      ],
      [
        'const handler = (change: AuthChange<User>): void => call(...change)',
        `const handler = (change: AuthChange<User>): void => {
        pending = Promise.all([pending, call(...change)])
      }`,
      ],
      ['let ready = false\n', 'let ready = false\n  let pending: Promise<unknown> | null = null\n'],
      [
        'deliver = waiting.shift()) deliver()\n      ready = true',
        `deliver = waiting.shift()) {
        deliver()
        if (!pending) continue
        const again = (): void => {
          ready = true
          pending = null
          this.flush()
        }
        pending.then(again)
        return
      }
      ready = true`,
      ],
    ],
  },
  {
    file,
    name: 'A listener that throws stops the others.',
    find: '} catch (error) {\n      report(error)',
    replace: '} catch (error) {\n      throw error',
  },
  {
    file,
    name: 'A listener that rejects leaves a rejection that nobody handles.',
    find: '.then(undefined, report)',
    replace: '',
  },
  {
    file,
    name: 'A listener hears changes before its INITIAL_SESSION.',
    edits: [
      ["        bus.on('change', handler)\n", ''],
      ['let gone = false\n', "let gone = false\n      bus.on('change', handler)\n"],
    ],
  },
  {
    file,
    name: 'INITIAL_SESSION tells the session of the start, not that of its turn.',
    find: 'current = change[1]\n',
    replace: '\n',
  },
  {
    file,
    name: 'What a listener sets off is heard before the others have heard the first change.',
    find: 'ready = false\n      for',
    replace: 'for',
  },
  {
    file: store,
    name: 'The snapshot is a new object after every step.',
    find: 'fresh.status !== status || fresh.session !== session || fresh.error !== error',
    replace: 'fresh.status !== status || fresh.session !== session || fresh.error === error',
  },
  {
    file: bounds,
    name: 'The timer of a bound outlives the work.',
    find: 'cancel()\n',
    replace: '\n',
  },
  {
    file: bounds,
    name: 'A time that was slept through counts as a wait.',
    find: 'if (clock.monotonic() - due > SLEPT) arm(ms, error)\n        else',
    replace: '',
  },
  {
    file: bounds,
    name: 'Work whose time is up goes on.',
    find: 'own.abort(error)\n',
    replace: '\n',
  },
  {
    file: bounds,
    name: 'A signal that has already aborted is not noticed.',
    find: 'if (signal?.aborted) return reject(aborted(signal))\n',
    replace: '\n',
  },
]
