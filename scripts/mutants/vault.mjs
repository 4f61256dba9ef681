const file = 'src/core/vault.ts'

/** Bugs in how a session lies in storage. */
export const VAULT = [
  {
    file,
    name: 'A sign-out leaves the tokens in storage.',
    find: 'await forget(told ?? distinct([lineage, any ? await current() : null]))',
    replace: '',
  },
  {
    file,
    name: 'A refused refresh ends whoever is signed in by now.',
    find: 'const current = any || id === lineage',
    replace: 'const current = true',
  },
  {
    file,
    name: 'A sign-out that full storage refuses is not written by deletion.',
    find: 'await tell().catch(() => remove(key))',
    replace: 'await tell()',
  },
  {
    file,
    name: 'The pointer forgets who ended.',
    find: 'ended: ended.slice(-MEMORY)',
    replace: 'ended: []',
  },
  {
    file,
    name: 'Storage that can change the pointer in one step is not asked to.',
    find: 'if (storage.update) {',
    replace: 'if (!storage) {',
  },
  {
    file,
    name: 'A sign-in points to its slot before it has written it.',
    find: `await set(slot(lineage), serializeRecord(record))
        if (!over) return
        await forget(`,
    replace: `if (!over) return set(slot(lineage), serializeRecord(record))
        Promise.resolve().then(() => set(slot(lineage), serializeRecord(record)))
        await forget(`,
  },
  {
    file,
    name: 'A save that fails is not tried again at once.',
    find: 'work().catch(work)',
    replace: 'work()',
  },
  {
    file,
    name: 'A save that fails counts as done.',
    find: 'return !failure',
    replace: 'return true',
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
    find: 'limit: timeout,\n',
    replace: '\n',
  },
  {
    file,
    name: 'Text that cannot be read is thrown away.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a template.
    find: 'await set(`${key}.unreadable`, text)',
    replace: '',
  },
  {
    file,
    name: 'A sign-out between two reads counts as damage.',
    find: "(await get(key)) === text ? { kind: 'unreadable' } : read()",
    replace: "{ kind: 'unreadable' }",
  },
  {
    file,
    name: 'The slot of one sign-in may hold the session of another.',
    find: 'record?.lineage === id ? { kind',
    replace: 'record ? { kind',
  },
]
