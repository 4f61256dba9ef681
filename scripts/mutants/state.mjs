const file = 'src/core/state.ts'

/** Bugs in what is left of a token's life, and when a refresh is due. */
export const STATE = [
  {
    file,
    name: 'The margin is added where it should be taken off.',
    find: 'remaining(state.held, now) - refreshMargin(state.held, limits)',
    replace: 'remaining(state.held, now) + refreshMargin(state.held, limits)',
  },
  {
    file,
    name: 'The refresh margin does not shrink with the life of the token.',
    find: 'Math.min(limits.refreshMargin, held.record.lifetime / 4)',
    replace: 'limits.refreshMargin',
  },
  {
    file,
    name: 'The wait margin does not shrink with the life of the token.',
    find: 'Math.min(limits.waitMargin, limits.refreshMargin, held.record.lifetime / 10)',
    replace: 'limits.waitMargin',
  },
  {
    file,
    name: 'Callers wait from the moment in which a refresh is due.',
    find: 'Math.min(limits.waitMargin, limits.refreshMargin, held.record.lifetime / 10)',
    replace: 'refreshMargin(held, limits)',
  },
  {
    file,
    name: 'The wall clock alone says how much life is left.',
    find: 'Math.min(held.deadline - now.monotonic, held.record.session.expiresAt - now.wall)',
    replace: 'held.record.session.expiresAt - now.wall',
  },
  {
    file,
    name: 'The monotonic clock alone says how much life is left.',
    find: 'Math.min(held.deadline - now.monotonic, held.record.session.expiresAt - now.wall)',
    replace: 'held.deadline - now.monotonic',
  },
  {
    file,
    name: 'After a failure the earlier of need and backoff counts.',
    find: 'Math.max(due, next)',
    replace: 'Math.min(due, next)',
  },
]
