const file = 'src/core/rounds.ts'

/** Bugs in how a call is served: what it looks at in the lock, and how often. */
export const ROUNDS = [
  {
    file,
    name: 'Storage is not read again inside the lock.',
    find: 'run.begun = true\n    const seen = await path.observe()',
    replace: "run.begun = true\n    const seen: string = 'other'",
  },
  {
    file,
    name: 'What another context met with a sick server is not read inside the lock.',
    find: 'await patience.learn()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A run goes on with whoever signed in meanwhile.',
    find: '!record || record.lineage !== run.lineage) throw',
    replace: '!record) throw',
  },
  {
    file,
    name: 'A second round goes on with a lock that may be lost.',
    find: 'broken ? serve',
    replace: 'broken || left < ROUNDS ? serve',
  },
  {
    file,
    name: 'A round that went without the lock waits for it again.',
    find: "broken ? serve({ lock: 'broken' }) : section.locked(serve, run.wait)",
    replace: 'section.locked(serve, run.wait)',
  },
  {
    file,
    name: 'A token that an API refused is handed out again while it is not due.',
    find: 'return rejected.some((tokens) => hasSameTokens(tokens, record)) ? null : record.session',
    replace: 'return record.session',
  },
  {
    file,
    name: 'A forced refresh that waits for the lock is answered by a token that is older.',
    find: 'record.lineage !== lineage || force || ',
    replace: 'record.lineage !== lineage || ',
  },
  {
    file,
    name: 'A refresh that nobody forced does not mind the pause.',
    find: 'return !run.force || isInVain(context, run) ?',
    replace: 'return isInVain(context, run) ?',
  },
  {
    file,
    name: 'A forced refresh is refused in the pause.',
    find: 'return !run.force || isInVain(context, run) ?',
    replace: 'return !run.force || !isInVain(context, run) ?',
  },
  {
    file,
    name: 'A session of the old organization is the answer to a switch.',
    find: "return error ? { kind: 'strayed', error } : { kind: 'done', session }",
    replace: "return { kind: 'done', session }",
    edits: [['const error = errand.strayed?.(session)', 'errand.strayed?.(session)']],
  },
  {
    file,
    name: 'A session that a second round brought is refused for what the first one brought.',
    find: "error = outcome.kind === 'strayed' ? outcome.error : null",
    replace: "if (outcome.kind === 'strayed') error = outcome.error",
  },
  {
    file,
    name: 'A call follows siblings that are faster for ever.',
    find: 'left > 0; left--',
    replace: 'left > 0; ',
  },
  {
    file,
    name: 'A call gives up as soon as one sibling was faster.',
    find: 'const ROUNDS = 3',
    replace: 'const ROUNDS = 1',
  },
  {
    file,
    name: 'A page that slept sends the token although its lease may be gone.',
    find: 'if (holds && !(await holds()))',
    replace: 'if (holds && !holds)',
  },
  {
    file,
    name: 'A forced refresh sends a token that is known to be spent.',
    find: '!!state.patience?.halted',
    replace: '!state.patience',
  },
  {
    file,
    name: 'The proof of a second factor is refused because the token is spent.',
    find: "return errand.failures !== 'own' && state",
    replace: 'return !!errand && state',
  },
  {
    file,
    name: 'A refresh that is due fills storage again that a person has emptied.',
    find: "!run.force && seen === 'other' && isEmptied(store.state())",
    replace: 'false',
  },
  {
    file,
    name: 'Storage that was found empty is looked at again at once.',
    find: "if (outcome.kind === 'emptied') await section.pause(CONFIRM_ABSENCE, run.wait)",
    replace: "if (outcome.kind === 'emptied') await section.pause(0 * CONFIRM_ABSENCE, run.wait)",
  },
  {
    file,
    name: 'Who has waited in a long line in vain sends the token that another one has in flight.',
    find: "lock === 'busy' && !run.errand.inHand",
    replace: 'false',
  },
  {
    file,
    name: 'Without a lock that anybody can keep there is no refresh.',
    find: 'broken = true\n',
    replace: '\n',
  },
  {
    file,
    name: 'Storage that was empty and cannot be read since holds up all refreshes.',
    find: "seen === 'other' && isEmptied",
    replace: 'isEmptied',
  },
  {
    file,
    name: 'Tokens in hand are thrown away where others have the lock all the time.',
    find: ' && !run.errand.inHand',
    replace: '',
  },
]
