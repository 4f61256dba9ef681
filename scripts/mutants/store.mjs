const file = 'src/core/store.ts'

/** Bugs in the state of a client, and in how it is told. */
export const STORE = [
  {
    file,
    name: 'The snapshot is a new object after every step.',
    find: 'fresh.status !== status || fresh.session !== session || fresh.error !== error',
    replace: 'fresh.status !== status || fresh.session !== session || fresh.error === error',
  },
  {
    file,
    name: 'A client counts as asked for ever once it was.',
    find: 'limits.maxRetryDelay + ASKED',
    replace: 'ASKED + Infinity',
  },
  {
    file,
    name: 'A client forgets that somebody asked before the next try that it told of.',
    find: 'limits.maxRetryDelay + ASKED',
    replace: 'ASKED + limits.maxRetryDelay / 4',
  },
  {
    file,
    name: 'What an app shows is not told of a sign-out, only its listeners are.',
    find: 'if (subscribers.has(subscriber)) subscriber()',
    replace: 'if (snapshot.session) subscriber()',
  },
  {
    file,
    name: 'A subscriber that another one stopped is called once more.',
    find: 'if (subscribers.has(subscriber)) subscriber()',
    replace: 'subscriber()',
  },
  {
    file,
    name: 'A subscriber that throws stops the others.',
    find: 'const entry = isolated(listener, report)',
    replace: 'const entry = () => listener()',
  },
  {
    file,
    name: 'Those who show the session are told although nothing has changed.',
    find: 'if (told === snapshot) return\n',
    replace: '\n',
  },
]
