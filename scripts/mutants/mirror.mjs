const file = 'src/core/mirror.ts'

/** Bugs in how memory and storage keep in step. */
export const MIRROR = [
  {
    file,
    name: 'A refresh moves the pointer.',
    find: 'vault.save(record, point ? over : null)',
    replace: 'vault.save(record, over)',
  },
  {
    file,
    name: 'The slot of a session that was ended elsewhere is left in storage.',
    find: 'if (before && ended) await vault.discard(before)',
    replace: '',
  },
  {
    file,
    name: 'A session that could not be saved takes the old one from the other tabs.',
    find: "if (now.status !== 'signed-in' || now.saved) await",
    replace: 'await',
  },
]
