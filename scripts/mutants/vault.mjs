const file = 'src/core/vault.ts'

/** Bugs in how a session lies in storage. */
export const VAULT = [
  {
    file,
    name: 'Once somebody has signed in, a start is not told out of which sign-in a person signed.',
    find: 'left ? [left] : []',
    replace: 'left ? [] : []',
  },
  {
    file,
    name: 'A sign-out leaves the tokens in storage.',
    find: '  await forget(entries, key, after)\n',
    replace: '  if (!told) await forget(entries, key, after)\n',
  },
  {
    file,
    name: 'A sign-out that full storage refuses leaves the tokens in it.',
    find: '  await forget(entries, key, after)\n',
    replace: '  if (told) await forget(entries, key, after)\n',
  },
  {
    file,
    name: 'A sign-out that full storage refuses is not written by deletion.',
    find: 'await tell().catch(() => (signal.aborted ? undefined : entries.remove(key)))',
    replace: 'await tell()',
  },
  {
    file,
    name: 'What is known of a sick server outlives the session.',
    find: "['patience', 'timeouts', 'unreadable']",
    replace: "['timeouts', 'unreadable']",
  },
  {
    file,
    name: 'What 0.1 set aside outlives the session.',
    find: "['patience', 'timeouts', 'unreadable']",
    replace: "['patience', 'timeouts']",
  },
  {
    file,
    name: 'A sign-out leaves the secrets of redirects.',
    find: 'if (any()) await',
    replace: 'if (!end) await',
  },
  {
    file,
    name: 'A refused refresh removes the secrets of a redirect that is under way.',
    find: 'if (any()) await entries',
    replace: 'await entries',
  },
  {
    file,
    name: 'Storage that can change the pointer in one step is not asked to.',
    find: 'if (storage.update) {',
    replace: "if (storage.update && name === '') {",
  },
  {
    file,
    name: 'A sign-in points to its slot before it has written it.',
    find: `await entries.set(slot(lineage), serializeRecord(record, savedAt))
        if (!ended) return
        const move = (was: Pointer): Pointer => pointTo(was, lineage, ended, signal.aborted)
        await forget(entries, key, await point(entries, key, move))`,
    replace: `if (!ended) return
        const move = (was: Pointer): Pointer => pointTo(was, lineage, ended, signal.aborted)
        await forget(entries, key, await point(entries, key, move))
        await entries.set(slot(lineage), serializeRecord(record, savedAt))`,
  },
  {
    file,
    name: 'A sign-in leaves the tokens of the one before in storage.',
    find: 'await forget(entries, key, await point(entries, key, move))',
    replace: 'await Promise.all(await point(entries, key, move))',
  },
  {
    file,
    name: 'A save that fails is not tried again at once.',
    find: 'bound(work).catch(() => bound(work))',
    replace: 'bound(work)',
  },
  {
    file,
    name: 'A save that fails counts as done.',
    find: '() => true,\n      () => false',
    replace: '() => true,\n      () => true',
  },
  {
    file,
    name: 'The calls to storage overtake each other.',
    find: 'const turn = last.then(work)',
    replace: 'const turn = Promise.resolve().then(work)',
  },
  {
    file,
    name: 'One failed call to storage blocks all that follow.',
    find: 'last = turn.catch(() => {})',
    replace: 'last = turn',
  },
  {
    file,
    name: 'A call to storage has no bound.',
    find: '{ limit: timeout, late }',
    replace: '{ limit: timeout < 0 ? timeout : undefined, late }',
  },
  {
    file,
    name: 'A failing storage is reported at each try.',
    find: 'failing.add(kind)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A storage that fails again after it has worked is not reported.',
    find: 'failing.delete(kind)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A storage that can be read but not written is reported at each try.',
    find: 'failing.delete(kind)\n',
    replace: 'failing.clear()\n',
  },
  {
    file,
    name: 'A sign-out between two reads counts as damage.',
    find: 'content === null && (await entries.get(key)) !== text',
    replace: 'content === text && (await entries.get(key)) !== text',
  },
  {
    file,
    name: 'The slot of one sign-in may hold the session of another.',
    find: 'if (stored?.record.lineage === current) {',
    replace: 'if (stored) {',
  },
  {
    file,
    name: 'A pointer that cannot be read counts as a sign-out.',
    find: "if (!pointer) return { kind: 'unreadable' }",
    replace: "if (!pointer) return { kind: 'signed-out', ended: [] }",
  },
  {
    file,
    name: 'Those who start later do not hear why the session ended.',
    find: 'ended, any, error: lastError(pointer) }',
    replace: 'ended, any, error: lastError({ ...pointer, why: {} }) }',
  },
  {
    file,
    name: 'A sign-in whose write was given up takes the place of a later one when it arrives.',
    find: 'pointTo(was, lineage, ended, signal.aborted)',
    replace: 'pointTo(was, lineage, ended, signal === null)',
  },
  {
    file,
    name: 'A sign-out whose write was given up ends whoever has signed in when it arrives.',
    find: 'end.any && !signal.aborted',
    replace: 'end.any && signal !== null',
  },
]
