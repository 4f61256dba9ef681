const file = 'src/core/look.ts'

/** Bugs in how long something may have been so. */
export const LOOK = [
  {
    file,
    name: 'A look counts from its end, so that what came during it seems younger than it may be.',
    find: 'last = began',
    replace: 'last = now()',
  },
  {
    file,
    name: 'Time that was slept through does not count as time since the last look.',
    find: 'Math.max(to.monotonic - from.monotonic, to.wall - from.wall)',
    replace: 'to.monotonic - from.monotonic',
  },
  {
    file,
    name: 'A clock that goes back makes the time since the last look short.',
    find: 'Math.max(to.monotonic - from.monotonic, to.wall - from.wall)',
    replace: 'to.wall - from.wall',
  },
  {
    file,
    name: 'What was heard of while storage failed counts as younger than the last hint.',
    find: 'missed ? Infinity : unheard',
    replace: 'unheard',
  },
  {
    file,
    name: 'At the first look everything is new.',
    find: ': Infinity\n',
    replace: ': 0\n',
  },
]
