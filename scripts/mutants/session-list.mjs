const routes = 'src/server/backend/list-routes.ts'
const endings = 'src/server/sealed/session-endings.ts'
const shared = 'src/server/sealed/shared-ends.ts'
const listing = 'src/server/sealed/listing.ts'
const ending = 'src/server/backend/ending-routes.ts'

/** Checks that are gone of the list of sessions that people see, and of what ends sessions from elsewhere. */
export const SESSION_LIST = [
  {
    file: routes,
    name: 'Whoever is signed in ends sessions of others by their names.',
    find: '      if (!own) return { ended: false }\n      if (own.isCurrent) return CURRENT\n',
    replace: '      if (own?.isCurrent) return CURRENT\n',
  },
  {
    file: routes,
    name: 'A page ends its own session by the list, and keeps its cookies.',
    find: '      if (own.isCurrent) return CURRENT\n',
    replace: '',
  },
  {
    file: routes,
    name: 'Who is not signed in has a list of sessions, which is empty.',
    find: '    if (!session) return refuse(problemOf(failure), setCookies)\n',
    replace:
      '    if (!session && failure?.retryable) return refuse(problemOf(failure), setCookies)\n',
  },
  {
    file: endings,
    name: 'A session that was ended elsewhere shows all sessions of its person.',
    find: "if ('reason' in opened || (await ended.isOver(opened))) return []",
    replace: "if ('reason' in opened || (await ended.isOver(opened)) === null) return []",
  },
  {
    file: endings,
    name: 'A session that nobody has used for long shows all sessions of its person.',
    find: '      if (await uses.isOver(opened, cookie)) return []\n',
    replace: '',
  },
  {
    file: shared,
    name: 'The end of all sessions of a person ends none.',
    find: 'return ofSession.length > 0 || ofPerson.some((at) => beganBefore(member, at))',
    replace: 'return ofSession.length > 0 || (ofPerson.length < 0 && beganBefore(member, 0))',
  },
  {
    file: shared,
    name: 'The end of a session that the auth server speaks of ends none.',
    find: 'return ofSession.length > 0 || ofPerson.some((at) => beganBefore(member, at))',
    replace: 'return ofSession.length < 0 || ofPerson.some((at) => beganBefore(member, at))',
  },
  {
    file: listing,
    name: 'A list that fails holds up every request.',
    find: 'if (!name || known.get(name) || isLately(triedAt, PROBE, now())) return',
    replace: 'if (!name || known.get(name) || isLately(undefined, PROBE, now())) return',
  },
  {
    file: listing,
    name: 'Every request writes to the list of sessions.',
    find: 'if (!name || known.get(name) || isLately(triedAt, PROBE, now())) return',
    replace: 'if (!name || isLately(triedAt, PROBE, now())) return',
  },
  {
    file: ending,
    name: 'Any site ends sessions by a frame, though the app did not ask for that.',
    find: 'const framed = frontChannelLogout && issuer !== undefined',
    replace: 'const framed = issuer !== undefined',
  },
  {
    file: ending,
    name: 'Streams are open in apps that want none.',
    find: '  events = false,\n',
    replace: '  events = true,\n',
  },
  {
    file: ending,
    name: 'An app that hears of ends in a frame, and cannot know from whom, hears nothing and is not told so.',
    find: 'if (frontChannelLogout && issuer === undefined) {',
    replace: 'if (frontChannelLogout && issuer === null) {',
  },
]
