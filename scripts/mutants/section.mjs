const file = 'src/core/section.ts'

/** Bugs of the critical section. */
export const SECTION = [
  {
    file,
    name: 'The lock is never released when the work fails.',
    find: 'try {\n        return await work({ lock, holds: release?.holds })\n      } finally {',
    replace:
      'const result = await work({ lock, holds: release?.holds })\n      try {\n        return result\n      } finally {',
  },
  {
    file,
    name: 'The lock is released before the work has ended.',
    find: 'return await work({ lock, holds: release?.holds })',
    replace: 'return work({ lock, holds: release?.holds })',
  },
  {
    file,
    name: 'The wait for the lock has no bound.',
    find: '{ limit, late: () => error, signal }',
    replace: '{ late: () => error, signal }',
  },
  {
    file,
    name: 'Disposal does not end the wait for the lock.',
    find: 'for (const abort of waits) abort.abort(error)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A lock that is granted too late is kept for ever.',
    find: 'asked.then((release) => release()).catch(() => {})\n',
    replace: 'asked.catch(() => {})\n',
  },
  {
    file,
    name: 'Without the lock there is no refresh.',
    find: 'if (signal.aborted) throw error',
    replace: 'throw error',
  },
  {
    file,
    name: 'A client that is disposed of hands the lock on before others can read what it saved.',
    find: 'if (release && fresh && lag > 0) {',
    replace: 'if (release && fresh && lag > 0 && !disposed) {',
  },
  {
    file,
    name: 'The lock is kept for a lag although nothing was saved.',
    find: 'release && fresh && lag > 0',
    replace: 'release && lag > 0',
  },
  {
    file,
    name: 'A save counts as fresh in every turn that follows.',
    find: '        fresh = false\n',
    replace: '\n',
  },
  {
    file,
    name: 'A lock that cannot be had is reported each time.',
    find: 'if (failures++ === 0) environment.report(error)',
    replace: 'failures++\n      environment.report(error)',
  },
  {
    file,
    name: 'Who has waited for the time of one turn goes on without the lock, though others have it in turn.',
    find: 'const look = watch?.()',
    replace: 'const look = watch && null',
  },
  {
    file,
    name: 'What a client did without the lock shows it that the lock works.',
    find: 'failing() <= before && look',
    replace: 'before >= 0 && look',
  },
  {
    file,
    name: 'A lock that others have one after the other is waited for without end.',
    find: 'turns < TURNS',
    replace: 'turns < Infinity',
  },
  {
    file,
    name: 'A lock in which nothing moves is waited for as long as a long line.',
    find: 'if (!moved || !(await within(options, moved, { limit, signal }))) throw late()',
    replace:
      'if (!moved || (await within(options, moved, { limit, signal })) === undefined) throw late()',
  },
  {
    file,
    name: 'A lock that is granted during a look is not taken.',
    find: 'Promise.race([asked.then(() => true), look()])',
    replace: 'look()',
  },
  {
    file,
    name: 'A wait for the lock that was given up stays in the line.',
    find: 'own.abort()\n',
    replace: '\n',
  },
]
