const file = 'src/core/section.ts'

/** Bugs of the critical section. */
export const SECTION = [
  {
    file,
    name: 'The lock is never released when the work fails.',
    find: 'try {\n        return await work(release !== undefined, release?.holds)\n      } finally {',
    replace:
      'const result = await work(release !== undefined, release?.holds)\n      try {\n        return result\n      } finally {',
  },
  {
    file,
    name: 'The lock is released before the work has ended.',
    find: 'return await work(release !== undefined, release?.holds)',
    replace: 'return work(release !== undefined, release?.holds)',
  },
  {
    file,
    name: 'The wait for the lock has no bound.',
    find: '{ limit: timeout, late, signal: wait.signal }',
    replace: '{ late, signal: wait.signal }',
  },
  {
    file,
    name: 'Disposal does not end the wait for the lock.',
    find: 'for (const wait of waits) wait.abort(error)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A lock that is granted too late is kept for ever.',
    find: 'if (signal.aborted) release()\n',
    replace: '\n',
  },
  {
    file,
    name: 'Without the lock there is no refresh.',
    find: 'return undefined',
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
    find: 'if (!failing) environment.report(error)',
    replace: 'environment.report(error)',
  },
]
