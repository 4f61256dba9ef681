const file = 'src/core/timing.ts'

/** Bugs in what is left of a token's life. */
export const TIMING = [
  {
    file,
    name: 'A session whose receipt lies in the future counts as fresh.',
    find: 'age < -lifetime / 10 ? lifetime : Math.max(age, 0)',
    replace: 'Math.max(age, 0)',
  },
  {
    file,
    name: 'A small step back of the clock costs a refresh.',
    find: 'age < -lifetime / 10 ? lifetime',
    replace: 'age < 0 ? lifetime',
  },
  {
    file,
    name: 'A restored token gets its whole life again.',
    find: 'age < -lifetime / 10 ? lifetime : Math.max(age, 0)',
    replace: 'age < -lifetime / 10 ? lifetime : 0',
  },
  {
    file,
    name: 'A token that a sibling saved is judged by its writer’s clock.',
    find: 'savedAt !== null && sinceLook < Infinity',
    replace: 'savedAt !== null && sinceLook < 0',
  },
  {
    file,
    name: 'A token that was found at the start counts as just arrived.',
    find: 'savedAt !== null && sinceLook < Infinity',
    replace: 'savedAt !== null',
  },
  {
    file,
    name: 'A token that was long on its way into storage gets its whole life.',
    find: 'Math.max(age, 0) + since',
    replace: '0 * age + since',
  },
  {
    file,
    name: 'The time since a token was saved does not count.',
    find: 'Math.max(age, 0) + since',
    replace: 'Math.max(age, 0) + 0 * since',
  },
  {
    file,
    name: 'A writer’s clock that is behind makes its tokens old.',
    find: 'Math.min(Math.max(now.wall - seen, 0), sinceLook)',
    replace: 'Math.max(now.wall - seen, 0)',
  },
  {
    file,
    name: 'The refresh margin does not shrink with the life of the token.',
    find: 'Math.min(limits.refreshMargin, lifetime / 4)',
    replace: 'limits.refreshMargin',
  },
  {
    file,
    name: 'People who signed in together refresh together.',
    find: '(lifetime / 6) * spread(lineage)',
    replace: '(lifetime / 6) * 0 * spread(lineage)',
  },
  {
    file,
    name: 'The wait margin does not shrink with the life of the token.',
    find: 'Math.min(limits.waitMargin, limits.refreshMargin, lifetime / 10)',
    replace: 'Math.min(limits.waitMargin, limits.refreshMargin, lifetime)',
  },
  {
    file,
    name: 'The wait margin may be longer than the refresh margin that the app set.',
    find: 'Math.min(limits.waitMargin, limits.refreshMargin, lifetime / 10)',
    replace: 'Math.min(limits.waitMargin, lifetime / 10)',
  },
  {
    file,
    name: 'The wall clock alone says how much life is left.',
    find: 'Math.min(deadline.monotonic - now.monotonic, deadline.wall - now.wall)',
    replace: 'deadline.wall - now.wall',
  },
  {
    file,
    name: 'The monotonic clock alone says how much life is left.',
    find: 'Math.min(deadline.monotonic - now.monotonic, deadline.wall - now.wall)',
    replace: 'deadline.monotonic - now.monotonic',
  },
]
