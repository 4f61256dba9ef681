const file = 'src/core/exchange.ts'

/** Bugs in who shares which refresh. */
export const EXCHANGE = [
  {
    file,
    name: 'Storage is not read again inside the lock.',
    find: 'await mirror.observe()\n    const held = store.held()',
    replace: 'const held = store.held()',
  },
  {
    file,
    name: 'A refresh cannot be cancelled.',
    find: 'cancel: () => run?.abort.abort(replaced())',
    replace: 'cancel: () => {}',
  },
  {
    file,
    name: 'A forced refresh joins a run whose request has left.',
    find: '(force && run.closed) || stranger',
    replace: 'stranger',
  },
  {
    file,
    name: 'A caller joins the run of the sign-in before.',
    find: 'run?.lineage !== lineage() || ',
    replace: '',
  },
  {
    file,
    name: 'A run goes on with whoever signed in meanwhile.',
    find: '!held || held.record.lineage !== run.lineage',
    replace: '!held',
  },
  {
    file,
    name: 'A caller in the queue is answered by the session of a later sign-in.',
    find: 'if (lineage() !== asked) throw replaced()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A switch of the organization joins a refresh that does not switch.',
    find: ' || run?.organizationId !== organizationId',
    replace: '',
  },
  {
    file,
    name: 'A second round goes on with a lock that may be lost.',
    find: 'const turn = granted ? deps.section.locked(attemptLocked, run.wait) : attempt(run)',
    replace: 'const turn = round > 0 ? attempt(run) : deps.section.locked(attemptLocked, run.wait)',
  },
  {
    file,
    name: 'A later call takes back that an earlier one was forced.',
    find: 'run.force ||= force === true',
    replace: 'run.force = force === true',
  },
  {
    file,
    name: 'A token that an API refused is handed out again while it is not due.',
    find: 'return due || rejected.has(record.session.accessToken) ? null',
    replace: 'return due ? null',
  },
  {
    file,
    name: 'After a run nobody waits for what is due next.',
    find: 'run = null\n          deps.settle()',
    replace: 'run = null',
  },
  {
    file,
    name: 'A page that comes back waits for an answer that never comes.',
    find: "abort.abort(new AuthError('network', 'The page was put away during the request.'))\n",
    replace: '\n',
  },
  {
    file,
    name: 'A caller waits for the lock although a sibling has refreshed.',
    find: 'if (run && !run.begun && answer(run)) run.wait.abort(replaced())',
    replace: '',
  },
  {
    file,
    name: 'A forced refresh that waits for the lock is answered by a token that is older.',
    find: 'record.lineage !== mine || force)',
    replace: 'record.lineage !== mine)',
  },
]
