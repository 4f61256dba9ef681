const file = 'src/environment/shared-memory.ts'

/** Warnings of a client that all requests of a server share, which come at the wrong time or never. */
export const SHARED_MEMORY = [
  {
    file,
    name: 'A client that is made for a request is warned of.',
    find: 'performance.now() - made > AGE',
    replace: 'performance.now() - made > -AGE',
  },
  {
    file,
    name: 'A program that serves nobody is warned.',
    find: '(isForRequests() || isListening())',
    replace: '(isForRequests() || isListening() || true)',
  },
  {
    file,
    name: 'A refresh is taken for a sign-in.',
    find: '!isTold && memory.get(key) === null',
    replace: '!isTold',
  },
  {
    file,
    name: 'A warning comes with each sign-in.',
    find: '        isTold = true\n',
    replace: '',
  },
  {
    file,
    name: 'Tests are warned.',
    find: " &&\n  !(typeof process !== 'undefined' && process.env?.NODE_ENV === 'test')",
    replace: '',
  },
  {
    file: 'src/defaults.ts',
    name: 'What is for development is said in production.',
    find: " && process.env?.NODE_ENV !== 'production'",
    replace: '',
  },
]
