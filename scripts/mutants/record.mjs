const file = 'src/core/record.ts'

/** Bugs in how a session follows another, and how it is read. */
export const RECORD = [
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
    find: '{ ...base, ...changes, revision: base.revision + 1 }',
    replace: '{ ...base, ...changes }',
  },
  {
    file,
    name: 'An answer without a lifetime makes a token that is dead at once.',
    find: 'lifetime > 0 ? Math',
    replace: 'lifetime !== null ? Math',
  },
  {
    file,
    name: 'A refresh forgets the key that the session is bound to.',
    find: '...(keyId && { keyId }),\n',
    replace: '\n',
    edits: [['const { authenticationMethod, keyId }', 'const { authenticationMethod }']],
  },
  {
    file,
    name: 'Whatever storage holds for the name of a key is believed.',
    find: 'session: isText(keyId) ? session : keyless',
    replace: 'session',
  },
  {
    file,
    name: 'What one answer said is said of all that follow.',
    find: '...(once && { once: Object.keys(once) }),\n',
    replace: '\n',
  },
  {
    file,
    name: 'Equal access tokens make two sessions the same.',
    find: 'hasSameAccessToken(a, b) && a.session.refreshToken === b.session.refreshToken',
    replace: 'hasSameAccessToken(a, b)',
  },
  {
    file,
    name: 'What a sibling was given as well is sent as if nothing had failed with it.',
    find: '(a.revision === b.revision || hasSameAccessToken(a, b))',
    replace: 'hasSameAccessToken(a, b)',
  },
  {
    file,
    name: 'A failure is that of another refresh token as well.',
    find: 'a.session.refreshToken === b.session.refreshToken &&\n  (',
    replace: '(',
  },
  {
    file,
    name: 'People whom nobody knows count as one person.',
    find: '(id !== undefined && id === b.session.user?.id)',
    replace: 'id === b.session.user?.id',
  },
  {
    file,
    name: 'A person who signed in again meanwhile counts as somebody else.',
    find: ' || (id !== undefined && id === b.session.user?.id)',
    replace: ' || (id !== undefined && id === null)',
  },
]
