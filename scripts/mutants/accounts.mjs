const file = 'src/core/accounts.ts'

/** Bugs in how sessions come, go and change hands. */
export const ACCOUNTS = [
  {
    file,
    name: 'A sign-out leaves the refresh in flight alone.',
    find: "{ type: 'ended', reason: 'user' })\n    exchange.cancel()",
    replace: "{ type: 'ended', reason: 'user' })",
  },
  {
    file,
    name: 'A sign-out waits for the server.',
    find: 'exchange\n        .request(',
    replace: 'await exchange\n        .request(',
  },
  {
    file,
    name: 'A sign-in that was under way signs in after the sign-out.',
    find: 'committed = call\n    store.dispatch',
    replace: 'store.dispatch',
  },
  {
    file,
    name: 'A sign-out ends only the session it knows of.',
    find: 'vault.end(held?.record.lineage ?? null, true)',
    replace: 'vault.end(held?.record.lineage ?? null, false)',
  },
  {
    file,
    name: 'An earlier sign-in whose answer comes later wins.',
    find: 'if (call < committed) return false',
    replace: '',
  },
  {
    file,
    name: 'A sign-in that was overtaken during its save wins.',
    find: 'if (committed !== call) return false',
    replace: '',
  },
  {
    file,
    name: 'Subscribers hear of a sign-in before it is saved.',
    find: `const saved = await vault.save(record, past())
    if (committed !== call) return false
    store.dispatch({ type: 'established', record, saved, arrival, event })`,
    replace: `store.dispatch({ type: 'established', record, saved: false, arrival, event })
    settle()
    const saved = await vault.save(record, past())
    if (committed !== call) return false
    store.dispatch({ type: 'persisted', saved })`,
  },
  {
    file,
    name: 'A refresh of a foreign token replaces whoever signed in meanwhile.',
    find: 'if (lineage() === before) await commit(',
    replace: 'await commit(',
  },
  {
    file,
    name: 'A refresh of a foreign token always changes the current session.',
    find: 'if (entry.makeCurrent) {',
    replace: 'if (entry) {',
  },
  {
    file,
    name: 'Before a foreign session becomes current, storage is not read again.',
    find: 'if (entry.makeCurrent) {\n      await exchange.observe()',
    replace: 'if (entry.makeCurrent) {',
  },
  {
    file,
    name: 'Two refreshes of one foreign token are not joined.',
    find: 'foreign.set(token, entry)',
    replace: '',
  },
  {
    file,
    name: 'A refresh of a foreign token joins a request that has left.',
    find: 'prior && !prior.sent && prior',
    replace: 'prior && (makeCurrent || !prior.sent) && prior',
  },
  {
    file,
    name: 'The second refresh of a foreign token sends the token that the first has rotated.',
    find: '(session) => session.refreshToken ?? token',
    replace: '() => token',
  },
  {
    file,
    name: 'The description of one person is put on the session of another.',
    find: 'held?.record.session.user?.id !== user.id || !held',
    replace: '!held',
  },
  {
    file,
    name: 'A change of the user is saved over what a sibling has refreshed.',
    find: 'const seen = await exchange.observe()',
    replace: "const seen = 'ours'",
  },
]
