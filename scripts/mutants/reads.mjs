const file = 'src/core/reads.ts'

/** Bugs in what callers are handed out. */
export const READS = [
  {
    file,
    name: 'Reading a session that is due sets off no refresh.',
    find: 'refreshes.refresh({ errand: refreshErrand(context) }).catch(() => {})',
    replace: '',
  },
  {
    file,
    name: 'Reading counts as nobody’s asking, so an outage is waited out at leisure.',
    find: 'upkeep.ask()\n',
    replace: '\n',
  },
  {
    file,
    name: 'Before storage was read the answer is that nobody is signed in.',
    find: 'await wait(start.loaded(), options)',
    replace: '',
  },
  {
    file,
    name: 'When the server cannot be reached the answer is that nobody is signed in.',
    find: 'if (remaining(held, store.now()) > 0) return held.record.session\n      throw error',
    replace: 'if (remaining(held, store.now()) > 0) return held.record.session\n      return null',
  },
  {
    file,
    name: 'A token that still lives is withheld because a refresh failed.',
    find: 'if (remaining(held, store.now()) > 0) return held.record.session',
    replace: '',
  },
  {
    file,
    name: 'A token that ran out while it was being saved is served.',
    find: 'if (remaining(held, store.now()) > 0) return fresh',
    replace: 'if (remaining(held, store.now()) !== null) return fresh',
  },
  {
    file,
    name: 'Who waited for a refresh is served a session that is over by then.',
    find: 'if (held?.record.session !== fresh || timeouts?.timedOut()) return getSession(options)',
    replace: 'if (held?.record.session !== fresh || timeouts?.timedOut()) return fresh',
  },
  {
    file,
    name: 'A caller that gave up is answered all the same.',
    find: "if (isAuthError(error, 'aborted') || isAuthError(error, 'disposed')) throw error",
    replace: "if (isAuthError(error, 'disposed')) throw error",
  },
  {
    file,
    name: 'Who asks while nobody is signed in never looks whether that has changed.',
    find: 'if (store.held()) context.settle()\n    else upkeep.look()',
    replace: 'if (store.held()) context.settle()',
  },
  {
    file,
    name: 'A session that ended with its token is noticed by nobody.',
    find: 'if (store.held()) context.settle()\n    else upkeep.look()',
    replace: 'if (!store.held()) upkeep.look()',
  },
  {
    file,
    name: 'A token for a resource is asked for in the pause of a sick server.',
    find: 'throwIfPaused(context)\n      await wait(refreshes.refresh({ errand: tokenErrand',
    replace: 'await wait(refreshes.refresh({ errand: tokenErrand',
  },
  {
    file,
    name: 'The known token for a resource is not used.',
    find: 'if (known) return known\n',
    replace: 'if (known && !store) return known\n',
  },
  {
    file,
    name: 'A request of one person is sent again as another.',
    find: 'if (next && isSamePerson(next, rejected)) return next',
    replace: 'if (next) return next',
  },
  {
    file,
    name: 'After a 401 a sick server is asked at once.',
    find: 'throwIfPaused(context)\n        await wait(refreshes.refresh({ errand: refreshErrand',
    replace: 'await wait(refreshes.refresh({ errand: refreshErrand',
  },
]
