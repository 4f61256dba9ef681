const file = 'src/core/shared-patience.ts'

/** Bugs in what contexts tell each other of a sick server. */
export const SHARED_PATIENCE = [
  {
    file,
    name: 'What another context wrote is taken for this context’s own failure.',
    find: "patience: news, origin: 'other-context'",
    replace: "patience: news, origin: 'this-context'",
  },
  {
    file,
    name: 'Storage that fails keeps everybody from refreshing.',
    find: '} catch {\n      // Storage',
    replace: '} catch (error) {\n      if (error) throw error\n      // Storage',
  },
  {
    file,
    name: 'A failure is not told to the other contexts.',
    find: 'await tell(patience, state.held.record)\n',
    replace: '\n',
  },
  {
    file,
    name: 'Each failure counts as the first.',
    find: 'failures: (before?.failures ?? 0) + 1',
    replace: 'failures: 1',
  },
  {
    file,
    name: 'All clients of a server try again at the same moment.',
    find: 'jitter: environment.random()',
    replace: 'jitter: 0.5',
    edits: [['    environment,\n    limits,', '    limits,']],
  },
  {
    file,
    name: 'A request that a page gave up itself lengthens the pause.',
    find: '...(!ours && counted)',
    replace: '...counted',
  },
  {
    file,
    name: 'A request that a page gave up itself forgets what was known of the server.',
    find: '{ ...before, ...(!ours',
    replace: '{ ...counted, failures: 0, ...(!ours',
  },
  {
    file,
    name: 'The lock is handed on before other contexts can read of a failure.',
    find: 'section.saved()\n',
    replace: '\n',
    edits: [['store, vault, section }', 'store, vault }']],
  },
  {
    file,
    name: 'A server that works again stays sick for those that open later.',
    find: 'if (known.text !== null) await tell(null, null)',
    replace: '',
  },
  {
    file,
    name: 'Every refresh writes of patience, also when nothing had failed.',
    find: 'if (known.text !== null) await tell(null, null)',
    replace: 'await tell(null, null)',
  },
  {
    file,
    name: 'Patience that cannot be written fails the refresh.',
    find: 'await write.then(\n      () => text,\n      () => known.text,\n    )',
    replace: 'await write.then(() => text)',
  },
  {
    file,
    name: 'A request that a page gave up itself makes it forget the Retry-After before.',
    find: '...(!ours && counted), spent:',
    replace: '...(!ours && counted), error, spent:',
  },
  {
    file,
    name: 'A token whose answer was lost is as good as new after a 429.',
    find: 'spent: spent || before.spent',
    replace: 'spent',
  },
  {
    file,
    name: 'A context that could not write its failures forgets them over what another one wrote before.',
    find: 'const news = newsOf(theirs, state.patience)',
    replace: 'const news = theirs',
    edits: [['  newsOf,\n', '']],
  },
  {
    file,
    name: 'A question that failed is not asked again where that could not be written.',
    find: '() => known.text,',
    replace: '() => text,',
  },
]
