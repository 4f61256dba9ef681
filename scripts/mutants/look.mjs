const file = 'src/core/look.ts'

/** Bugs in how long something may have been so. */
export const LOOK = [
  {
    file,
    name: 'A look counts from its end, so that what came during it seems younger than it may be.',
    find: 'last = began',
    replace: 'last = now()',
    edits: [['const began = now()\n', '']],
  },
  {
    file,
    name: 'Time that was slept through does not count as time since the last look.',
    find: 'Math.max(monotonic - last.monotonic, wall - last.wall)',
    replace: 'monotonic - last.monotonic',
    edits: [['const { wall, monotonic } = now()', 'const { monotonic } = now()']],
  },
  {
    file,
    name: 'A clock that goes back makes the time since the last look short.',
    find: 'Math.max(monotonic - last.monotonic, wall - last.wall)',
    replace: 'wall - last.wall',
    edits: [['const { wall, monotonic } = now()', 'const { wall } = now()']],
  },
  {
    file,
    name: 'At the first look everything is new.',
    find: ': Infinity\n',
    replace: ': 0\n',
  },
]
