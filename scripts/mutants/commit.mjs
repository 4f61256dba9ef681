const file = 'src/core/commit.ts'

/** Bugs in how memory and storage keep in step. */
export const COMMIT = [
  {
    file,
    name: 'A refresh moves the pointer.',
    find: 'points ? endedAfter(before) : null',
    replace: 'endedAfter(before)',
  },
  {
    file,
    name: 'A session that storage does not point to is saved without the pointer.',
    find: "seen === null || seen === 'other' || (seen !== 'ours' && !pointed)",
    replace: 'seen === null',
  },
  {
    file,
    name: 'A session whose first save hung is never pointed to.',
    find: " || (seen !== 'ours' && !pointed)",
    replace: '',
  },
  {
    file,
    name: 'A refresh moves the pointer whenever storage could not be read before.',
    find: "(seen !== 'ours' && !pointed)",
    replace: "seen !== 'ours'",
  },
  {
    file,
    name: 'The lock is handed on before other contexts can read the save.',
    find: 'if (saved) section.saved()\n',
    replace: '\n',
  },
  {
    file,
    name: 'The lock is handed on before other contexts can read that a session ended.',
    find: 'if (saved) context.section.saved()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A session that was replaced during its save stays in storage.',
    find: "if (now.status !== 'signed-in' || now.saved) await vault.discard(record.lineage)",
    replace: '',
  },
  {
    file,
    name: 'A session that could not be saved takes the old one from the other tabs.',
    find: "if (now.status !== 'signed-in' || now.saved) await",
    replace: 'await',
  },
  {
    file,
    name: 'A result is made current over the session that came while it was saved.',
    find: 'previous?.lineage === record.lineage && store.held()',
    replace: 'previous === null && store.held()',
  },
  {
    file,
    name: 'A sign-in that was over before it became current comes back from storage.',
    find: "if (seen === null) store.dispatch({ type: 'dropped', lineage: record.lineage })",
    replace: '',
  },
  {
    file,
    name: 'A save that failed counts as done.',
    find: 'become(saved)',
    replace: 'become(true)',
  },
  {
    file,
    name: 'The other contexts are not told of a save.',
    find: 'if (saved) announce()\n',
    replace: '\n',
  },
  {
    file,
    name: 'The other contexts are told of what is not in storage.',
    find: 'if (saved) announce()\n',
    replace: 'announce()\n',
  },
  {
    file,
    name: 'The other contexts are told of a new token before it is saved.',
    edits: [
      [
        'const previous = store.held()?.record\n',
        'const previous = store.held()?.record\n  announce()\n',
      ],
      ['if (saved) announce()\n', '\n'],
    ],
  },
  {
    file,
    name: 'Subscribers hear of a session before it is saved.',
    find: 'const saved = await vault.save(',
    replace:
      'store.dispatch(become(false))\n  context.store.publish()\n  const saved = await vault.save(',
  },
  {
    file,
    name: 'The key of the session before stays when somebody else signs in.',
    find: 'previous.session.keyId !== record.session.keyId',
    replace: 'previous === record',
  },
  {
    file,
    name: 'A refresh throws the key away that the session goes on with.',
    find: 'previous && previous.session.keyId !== record.session.keyId',
    replace: 'previous',
  },
  {
    file,
    name: 'A key that cannot be removed makes the sign-out fail.',
    find: 'environment.report(error)',
    replace: 'throw error',
  },
  {
    file,
    name: 'The slot of a session that was ended elsewhere is left in storage.',
    find: "if (mine && mine !== lineage() && seen.kind !== 'absent') await vault.discard(mine)",
    replace: '',
  },
  {
    file,
    name: 'After storage was emptied, a sibling’s new save is thrown away.',
    find: " && seen.kind !== 'absent') await",
    replace: ') await',
  },
  {
    file,
    name: 'Who finds storage empty keeps it to itself.',
    find: 'if (!isEmptyFor(before) && isEmptyFor(store.state())) announce()',
    replace: '',
  },
  {
    file,
    name: 'Contexts tell each other of empty storage for ever.',
    find: '!isEmptyFor(before) && ',
    replace: '',
  },
  {
    file,
    name: 'The session of another sign-in in storage counts as ours.',
    find: "seen.kind === 'session' && seen.record.lineage === lineage() ? 'ours'",
    replace: "seen.kind === 'session' ? 'ours'",
  },
  {
    file,
    name: 'Storage that did not answer counts as storage that failed.',
    find: "isAuthError(error, 'timeout') ? 'unanswered' : 'failed'",
    replace: "isAuthError(error, 'timeout') ? 'failed' : 'failed'",
  },
  {
    file,
    name: 'The end of one session marks the next one as saved.',
    find: 'if (!store.held()) store.dispatch',
    replace: 'store.dispatch',
  },
  {
    file,
    name: 'A sign-out that could not be saved is not tried again.',
    find: "store.dispatch({ type: 'persisted', saved })",
    replace: "store.dispatch({ type: 'persisted', saved: true })",
  },
  {
    file,
    name: 'The other contexts are not told of a sign-out.',
    find: 'saved })\n      announce()',
    replace: 'saved })',
  },
  {
    file,
    name: 'What could not be taken over survives the sign-out.',
    find: 'settings.takeOver?.forget?.(settings.storage)',
    replace: 'settings',
  },
]
