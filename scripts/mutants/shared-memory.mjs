const file = 'src/environment/shared-memory.ts'

/** Warnings of a client that all requests of a server share, which come at the wrong time or never. */
export const SHARED_MEMORY = [
  {
    file,
    name: 'A client that is made for a request is warned of.',
    find: 'isNew && performance.now() - made > AGE && isListening()',
    replace: 'isNew && isListening()',
  },
  {
    file,
    name: 'A program that serves nobody is warned.',
    find: ' && isListening()',
    replace: '',
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
    find: "  process.env?.NODE_ENV !== 'test' &&\n",
    replace: '',
  },
  {
    file: 'src/defaults.ts',
    name: 'What is for development is said in production.',
    find: " && process.env?.NODE_ENV !== 'production'",
    replace: '',
  },
]
