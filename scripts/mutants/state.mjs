const file = 'src/core/state.ts'

/** Bugs in when a refresh is due. */
export const STATE = [
  {
    file,
    name: 'A failure outlives the token that a sibling got after it, where cookies hold it.',
    find: ' && deadline.monotonic - record.lifetime <= since.monotonic',
    replace: '',
  },
  {
    file,
    name: 'The margin is added where it should be taken off.',
    find: 'remaining(held, now) - held.lead',
    replace: 'remaining(held, now) + held.lead',
  },
  {
    file,
    name: 'After a failure the earlier of need and backoff counts.',
    find: 'Math.max(due, next)',
    replace: 'Math.min(due, next)',
  },
  {
    file,
    name: 'A refresh whose answer may have been lost is tried again when the token is due.',
    find: 'patience.spent ? next : ',
    replace: '',
  },
  {
    file,
    name: 'A session whose token may be spent counts as fresh.',
    find: '!patience?.spent && ',
    replace: '',
    edits: [['{ held, patience }: SignedIn', '{ held }: SignedIn']],
  },
  {
    file,
    name: 'A session without a refresh token is due for a refresh.',
    find: ' || !state.held.record.session.refreshToken',
    replace: '',
  },
  {
    file,
    name: 'A sign-in forgets the sign-in that it follows.',
    find: '[...ended, state.held.record.lineage]',
    replace: 'ended',
  },
]
