const file = 'src/core/session.ts'

/** Bugs in how a session follows another. */
export const SESSION = [
  {
    file,
    name: 'A refresh may bring the session of another person.',
    find: 'known && user && known.id !== user.id',
    replace: 'known && user && known.id === ""',
  },
  {
    file,
    name: 'An answer without a refresh token drops the old one.',
    find: 'refreshToken || previous?.session.refreshToken || null',
    replace: 'refreshToken || null',
  },
  {
    file,
    name: 'An answer without a user makes the session nobody’s.',
    find: 'user ?? known ?? null',
    replace: 'user ?? null',
  },
  {
    file,
    name: 'A change of the user does not count as a new revision.',
    find: '{ ...base, revision: base.revision + 1, session }',
    replace: '{ ...base, session }',
  },
  {
    file,
    name: 'An answer without a lifetime makes a token that is dead at once.',
    find: 'lifetime > 0 ? Math.min(lifetime, LONGEST) : HOUR',
    replace: 'Math.min(lifetime, LONGEST)',
  },
]
