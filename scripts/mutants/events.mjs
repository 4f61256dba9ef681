const file = 'src/core/events.ts'

/** Bugs in who hears what, and when. */
export const EVENTS = [
  {
    file,
    name: 'A listener that another one stopped hears the change that both were to hear.',
    find: '!gone && !cleared',
    replace: '!cleared',
  },
  {
    file,
    name: 'Listeners hear of a change after the client was disposed of.',
    find: '!gone && !cleared',
    replace: '!gone',
  },
  {
    file,
    name: 'Each change waits until the listeners of the one before have settled.',
    edits: [
      [
        '): (...args: Args) => void {\n  return (...args) => {\n    try {\n      Promise',
        '): (...args: Args) => unknown {\n  return (...args) => {\n    try {\n      return Promise',
      ],
      [
        'if (!gone && !cleared) call(...change)',
        'pending = Promise.all([pending, call(...change)])',
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
]
