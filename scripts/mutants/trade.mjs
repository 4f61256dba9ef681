const file = 'src/core/trade.ts'

/** Bugs of one exchange: compare, save, tell. */
export const TRADE = [
  {
    file,
    name: 'Before the commit nobody compares: somebody is signed in, and that is enough.',
    find: 'const base = stillHeld(held)',
    replace: 'const base = store.held()?.record',
  },
  {
    file,
    name: 'Two results for one sign-in count as the same.',
    find: 'return current.session.accessToken === accessToken || (refused && twin) ? current : null',
    replace: 'return current',
  },
  {
    file,
    name: 'A token that was refused is sent again for another answer to the same trade.',
    find: '(refused && twin)',
    replace: 'false',
  },
  {
    file,
    name: 'Before the server’s no ends the session, storage is not read again.',
    find: "const over = rejected && (await mirror.observe()) !== 'unanswered'",
    replace: 'const over = rejected',
  },
  {
    file,
    name: 'The server’s no ends a session that a sibling has refreshed meanwhile.',
    find: 'if (over && current) await end(held)',
    replace: 'if (over) await end(held)',
  },
  {
    file,
    name: 'The server’s no ends the session although storage did not answer.',
    find: " !== 'unanswered'",
    replace: " !== 'failed'",
  },
  {
    file,
    name: 'A failure of the network ends the session.',
    find: "const rejected = error.code === 'refresh_rejected'",
    replace: "const rejected = error.code === 'refresh_rejected' || error.code === 'network'",
  },
  {
    file,
    name: 'Every error that is not retryable ends the session.',
    find: "const rejected = error.code === 'refresh_rejected'",
    replace: 'const rejected = !error.retryable',
  },
  {
    file,
    name: 'The other contexts are told of a new token before it is saved.',
    find: `const saved = await mirror.save(record, seen)
    if (saved === null || !stillHeld(held)) return false
    store.dispatch({ type: 'exchanged', record, saved })
    if (saved) {
      deps.section.saved()
      deps.announce()
    }`,
    replace: `deps.announce()
    const saved = await mirror.save(record, seen)
    if (saved === null || !stillHeld(held)) return false
    store.dispatch({ type: 'exchanged', record, saved })
    if (saved) deps.section.saved()`,
  },
  {
    file,
    name: 'Subscribers hear of a new token before it is saved.',
    find: `const saved = await mirror.save(record, seen)
    if (saved === null || !stillHeld(held)) return false
    store.dispatch({ type: 'exchanged', record, saved })`,
    replace: `store.dispatch({ type: 'exchanged', record, saved: false })
    deps.store.publish()
    const saved = await mirror.save(record, seen)
    if (saved === null) return false
    store.dispatch({ type: 'persisted', saved })`,
  },
  {
    file,
    name: 'A refresh whose save failed counts as saved.',
    find: "{ type: 'exchanged', record, saved }",
    replace: "{ type: 'exchanged', record, saved: true }",
  },
  {
    file,
    name: 'The life of a token counts from the receipt of the answer.',
    find: 'Math.min(asked.wall, now.wall - (now.monotonic - asked.monotonic))',
    replace: 'now.wall',
  },
  {
    file,
    name: 'A clock that is set back during a request costs another one.',
    find: 'Math.min(asked.wall, now.wall - (now.monotonic - asked.monotonic))',
    replace: 'asked.wall',
  },
  {
    file,
    name: 'The lock is handed on before other contexts can read the save.',
    find: 'deps.section.saved()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A failure of the old token makes a sibling’s new one look spent.',
    find: 'current !== null && UNSURE',
    replace: 'UNSURE',
  },
]
