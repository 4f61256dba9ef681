const file = 'src/core/hints.ts'

/** Bugs in how contexts tell each other that storage has changed. */
export const HINTS = [
  {
    file,
    name: 'A disposed client still hears its storage.',
    find: 'unsubscribe?.()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A disposed client still hears the channel.',
    find: 'line?.close()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A client that is disposed of in its first task opens a channel afterwards.',
    edits: [
      ['if (line || disposed) return', 'if (line) return'],
      ['disposed = true\n      cancel()', 'disposed = true'],
    ],
  },
  {
    file,
    name: 'What is announced before the channel is open is lost.',
    find: 'announce() {\n      open()',
    replace: 'announce() {',
  },
  {
    file,
    name: 'Each announcement opens another channel.',
    find: 'if (line || disposed) return',
    replace: 'if (disposed) return',
  },
  {
    file,
    name: 'What changes between the first reading and the channel’s opening is not seen.',
    find: '    })\n    onHint()',
    replace: '    })',
  },
  {
    file,
    name: 'Storage that was cleared as a whole is no news.',
    find: 'key === null || key.startsWith(storageKey)',
    replace: 'key?.startsWith(storageKey)',
  },
  {
    file,
    name: 'Only the pointer’s changes are news.',
    find: 'key.startsWith(storageKey)',
    replace: 'key === storageKey',
  },
  {
    file,
    name: 'News of other keys have storage read.',
    find: 'key === null || key.startsWith(storageKey)',
    replace: 'key !== storageKey.slice(1)',
  },
  {
    file,
    name: 'What a hint tells of is looked for only before it can be seen.',
    find: 'if (storage.lag) {',
    replace: 'if (storage.lag && disposed) {',
  },
  {
    file: 'src/server/backend/guard.ts',
    name: 'A page by http is of the same site as one by https, and may not choose who signs in.',
    find: 'return a.protocol === b.protocol && endOf(a) === endOf(b)',
    replace: 'return endOf(a) === endOf(b)',
  },
  {
    file: 'src/server/backend/guard.ts',
    name: 'Any two hosts by https are of one site.',
    find: 'return a.protocol === b.protocol && endOf(a) === endOf(b)',
    replace: 'return a.protocol === b.protocol',
  },
  {
    file: 'src/server/backend/guard.ts',
    name: 'A link that says nothing of its page chooses who signs in.',
    find: 'if (origin === null) return false',
    replace: 'if (origin === null) return site === null',
  },
]
