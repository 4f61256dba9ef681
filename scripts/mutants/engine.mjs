const file = 'src/core/engine.ts'

/** Bugs in how the parts of a client are put together. */
export const ENGINE = [
  {
    file,
    name: 'A disposed client still sends.',
    find: 'section.dispose(disposed)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A request of a disposed client leaves all the same.',
    find: 'throwIfDisposed()\n',
    replace: '\n',
  },
  {
    file,
    name: 'What waited for another request leaves a disposed client.',
    find: 'send({ signal: own, throwIfDisposed })',
    replace: 'send({ signal: own })',
  },
  {
    file,
    name: 'A sign-in of a disposed client waits on for the gate.',
    find: 'gate.dispose(disposed)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A disposed client still hears the channel and its storage.',
    find: 'hints.dispose()\n',
    replace: '\n',
  },
  {
    file,
    name: 'Whoever waits for the lock gives up while its holder may still send.',
    find: 'requestTimeout + 6 * storageTimeout',
    replace: '6 * storageTimeout',
  },
  {
    file,
    name: 'Whoever waits for the lock gives up while its holder may still save.',
    find: 'requestTimeout + 6 * storageTimeout',
    replace: 'requestTimeout',
  },
  {
    file,
    name: 'Whoever waits for the lock gives up while its holder forgets the failures before.',
    find: '6 * storageTimeout',
    replace: '5 * storageTimeout',
  },
  {
    file,
    name: 'Whoever waits for the lock gives up while the save of its holder is not seen yet.',
    find: '6 * storageTimeout + 2 * lag',
    replace: '6 * storageTimeout',
  },
  {
    file: 'src/core/known.ts',
    name: 'A refresh for somebody who signed in elsewhere, unheard of, finds nobody.',
    find: '      await refreshes.observe()\n',
    replace: '',
  },
  {
    file: 'src/core/known.ts',
    name: 'A sign-in that a refresh finds is told when the refresh is answered.',
    find: '      settle()\n',
    replace: '',
  },
  {
    file: 'src/core/start.ts',
    name: 'A refresh of one person waits for a question to the server, and is then that of another.',
    find: "if (state.status !== 'loading' && !unknown) return Promise.resolve()",
    replace: '',
  },
  {
    file,
    name: 'A refresh with an empty token refreshes the current session.',
    find: "token === '' || (token === null && !current)",
    replace: 'token === null && !current',
  },
  {
    file,
    name: 'A refresh for another organization stays in this one.',
    find: 'errandFor(context, options)',
    replace: 'errandFor(context, {})',
  },
  {
    file,
    name: 'A refresh that was asked for is answered by one that is under way.',
    find: 'errandFor(context, options), force: true }',
    replace: 'errandFor(context, options) }',
  },
  {
    file,
    name: 'Sign-out of the other sessions ends this one.',
    find: "if (scope !== 'others') {",
    replace: 'if (scope) {',
  },
  {
    file,
    name: 'A caller who gives up waits all the same.',
    find: 'signal ? bounded(environment, () => promise, { signal }) : promise',
    replace: 'promise || signal',
  },
  {
    file,
    name: 'A grant that carries no access token waits for one that works.',
    find: 'purpose.withoutToken ? () =>',
    replace: 'purpose.withoutToken && !purpose ? () =>',
  },
]
