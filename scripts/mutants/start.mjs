const file = 'src/core/start.ts'
const resume = 'src/core/resume.ts'
const takeOver = 'src/take-over.ts'

/** Bugs in how a client finds out who is signed in. */
export const START = [
  {
    file: takeOver,
    name: 'The session of the other library is removed although it could not be saved.',
    find: 'if (saved) await',
    replace: 'await',
  },
  {
    file: takeOver,
    name: 'The session of the other library is taken over again after the next sign-out.',
    find: 'if (saved) await desk.within(() => storage.remove(key))\n',
    replace: '\n',
  },
  {
    file: takeOver,
    name: 'The session of another library replaces a sign-in that came before it.',
    find: "if (seen.kind !== 'absent') return seen",
    replace: '',
  },
  {
    file,
    name: 'Two tabs that start together both take over the session of another library.',
    find: 'section.locked(() => takeOver.find(desk))',
    replace: 'takeOver.find(desk)',
  },
  {
    file: takeOver,
    name: 'A storage of another library that does not answer holds up the start.',
    find: 'await desk.within(() => storage.get(key))',
    replace: 'await storage.get(key)',
  },
  {
    file,
    name: 'Tabs that start together ask the server without what the others have learnt.',
    find: 'section.locked(() => resume.find(desk))',
    replace: 'resume.find(desk)',
  },
  {
    file: resume,
    name: 'The session that was in storage wins over the one that the cookies hold.',
    find: 'record && record.session.sessionId === grant?.sessionId ? record : null',
    replace: 'record',
  },
  {
    file: resume,
    name: 'A session that was ended here comes back with its cookie.',
    find: 'wasEnded(seen, grant)\n',
    replace: 'wasEnded(seen, grant) && asked.wall < 0\n',
  },
  {
    file: resume,
    name: 'Who signed out while a sign-in was under way loses that one at the next start.',
    find: '!same && wasEnded',
    replace: 'wasEnded',
  },
  {
    file: resume,
    name: 'The server is not told again of a sign-out that it did not hear of.',
    find: 'desk.revoke(grant, asked)\n',
    replace: '\n',
  },
  {
    file: resume,
    name: 'A session that the cookies no longer hold stays in storage.',
    find: 'await desk.end(record)\n',
    replace: '\n',
  },
  {
    file: resume,
    name: 'A session that the server knows by no name counts as every one that ended.',
    find: '!!sessionId && !!ended &&',
    replace: '!!ended &&',
    edits: [['endsWith(sessionId)', "endsWith(sessionId ?? '')"]],
  },
  {
    file: resume,
    name: 'At each start the session that is known already is saved anew.',
    find: 'if (same?.session.accessToken === grant.accessToken) return seen\n',
    replace: '\n',
  },
  {
    file,
    name: 'A session that was found replaces the sign-in that came during the start.',
    find: 'return held === undefined || held === replaced',
    replace: 'return held !== replaced || held === replaced',
  },
  {
    file,
    name: 'A session that storage told of during the question stays, whatever the answer is.',
    find: 'return held === undefined || held === replaced',
    replace: 'return held === undefined',
  },
  {
    file,
    name: 'A session that was found and could not be saved gives way to the one that storage still has.',
    find: "arrival: 'start', replaced }",
    replace: "arrival: 'start' }",
  },
  {
    file,
    name: 'The clock went back, and the session that was found counts as older than the one it replaces.',
    find: 'newLineage(context, grant, replaced)',
    replace: 'newLineage(context, grant)',
  },
  {
    file,
    name: 'Where storage fails too, what it said before the question undoes a sign-in since.',
    find: "if (again || store.state().status !== 'loading') ",
    replace: 'if (again) ',
  },
  {
    file,
    name: 'While the server alone would know, the answer is that nobody is signed in.',
    find: "if (seen?.kind !== 'session' && isAuthError(error)) unknown = error",
    replace: '',
  },
  {
    file,
    name: 'An outage of the server makes a session unknown that storage has.',
    find: "seen?.kind !== 'session' && isAuthError",
    replace: 'isAuthError',
  },
  {
    file,
    name: 'After the start nobody waits for what is due.',
    find: 'unknown = error\n      context.settle()',
    replace: 'unknown = error',
  },
  {
    file,
    name: 'A session that was read before a long question is as old as it was then.',
    find: 'sinceLook + passed(looked, store.now())',
    replace: 'sinceLook + 0 * passed(looked, store.now())',
  },
]
