const patience = 'src/server/coordination/server-patience.ts'
const records = 'src/server/coordination/redis-records.ts'
const watches = 'src/server/coordination/watches.ts'
const feed = 'src/server/coordination/redis-feed.ts'

/** Checks that are gone of what the requests and processes of a server share. */
export const SHARED_DOORS = [
  {
    file: records,
    name: 'A word that every object knows is the code of an error.',
    find: 'Object.hasOwn(CODES, value)',
    replace: '(Object.hasOwn(CODES, value) || value in CODES)',
  },
  {
    file: 'src/server/coordination/redis-session-store.ts',
    name: 'A Redis that does not answer says that a session is gone.',
    find: "    if (reply) return reply.value\n    throw new AuthError('storage', 'Redis, which holds this session, does not answer.')\n",
    replace: '    return reply?.value ?? null\n',
  },
  {
    file: 'src/server/coordination/redis-session-list.ts',
    name: 'A Redis that does not answer says that somebody has no sessions.',
    find: '    if (reply) return reply.value\n',
    replace: '    if (reply || person) return reply?.value\n',
  },
  {
    file: watches,
    name: 'Whoever has waited for an end is remembered for ever.',
    find: '    if (all?.size === 0) waiting.delete(name)\n',
    replace: '',
  },
  {
    file: watches,
    name: 'The end of any session is told to all who wait.',
    find: 'for (const onEnd of waiting.get(name) ?? []) tell(onEnd, undefined)',
    replace:
      'for (const onEnd of [...waiting.values()].flatMap((all) => [...all])) tell(onEnd, name && undefined)',
  },
  {
    file: feed,
    name: 'What is no id of the feed is where the next look begins.',
    find: 'index % 2 === 0 && ID.test(id)',
    replace: "index % 2 === 0 && (ID.test(id) || id !== '')",
  },
  {
    file: patience,
    name: 'A session whose refreshes fail asks at each request.',
    find: 'if (isLately(since, wait, now())) throw later',
    replace: 'if (isLately(since, wait, now() + 1e12)) throw later',
  },
  {
    file: patience,
    name: 'A server that is left alone is asked all the same.',
    find: "if (admission.type === 'closed') throw later(admission.error, admission.left)",
    replace:
      "if (admission.type === 'closed' && admission.left < 0) throw later(admission.error, admission.left)",
  },
  {
    file: patience,
    name: 'A request is repeated at a server that is known to fail by now.',
    find: "if (over || next.admission.type === 'closed') return false",
    replace: 'if (over) return false',
  },
  {
    file: patience,
    name: 'Whoever learns nothing of a server keeps all others from it.',
    find: '      await pauses.pause(name, { error, failures }, LIMITS.retryDelay)\n    } finally {',
    replace: '      void [error, failures]\n    } finally {',
  },
  {
    file: 'src/server/coordination/pauses.ts',
    name: 'Nobody tries whether a server is well again while one is at it for longer than a request takes.',
    find: 'since: now(), wait: span })',
    replace: 'since: now(), wait: span * 1e6 })',
  },
]
