const file = 'src/core/machine.ts'

/** Bugs of the protocol. */
export const MACHINE = [
  {
    file,
    name: 'A session whose receipt lies in the future counts as fresh.',
    find: 'age < -record.lifetime / 10 ? 0 : record.lifetime - Math.max(age, 0)',
    replace: 'record.lifetime - Math.max(age, 0)',
  },
  {
    file,
    name: 'A restored token gets its whole life again.',
    find: 'record.lifetime - Math.max(age, 0)',
    replace: 'record.lifetime',
  },
  {
    file,
    name: 'A sign-in that ended here is forgotten at once.',
    find: 'final ? remember(over, state.held.record.lineage) : over',
    replace: 'over',
  },
  {
    file,
    name: 'A session that was deleted from storage counts as ended for ever.',
    find: "reason !== 'storage-cleared'",
    replace: 'true',
  },
  {
    file,
    name: 'Empty storage is believed at once.',
    find: 'CONFIRM_ABSENCE = 1_000',
    replace: 'CONFIRM_ABSENCE = 0',
  },
  {
    file,
    name: 'An older revision in storage is adopted.',
    find: 'record.lineage === mine.lineage && behind < 0',
    replace: 'false && behind < 0',
  },
  {
    file,
    name: 'A refresh by a sibling is announced as a sign-in.',
    find: 'before.lineage !== record.lineage && !isSamePerson(state, record)',
    replace: 'before.revision !== record.revision',
  },
  {
    file,
    name: 'An earlier sign-out in storage ends a sign-in that is not saved yet.',
    find: 'state.saved || seen.ended.includes(state.held.record.lineage)',
    replace: 'true',
  },
  {
    file,
    name: 'A session whose save is pending outlives its sign-out elsewhere.',
    find: 'state.saved || seen.ended.includes(state.held.record.lineage)',
    replace: 'state.saved',
  },
  {
    file,
    name: 'Storage that was damaged is not written again.',
    find: "case 'unreadable':\n      return [{ ...state, saved: false }]",
    replace: "case 'unreadable':\n      return [state]",
  },
  {
    file,
    name: 'The backoff has no bound.',
    find: 'Math.min(limits.maxRetryDelay, limits.retryDelay * 2 ** attempts)',
    replace: 'limits.retryDelay * 2 ** attempts',
  },
  {
    file,
    name: 'Each try forgets the tries before it, so the backoff never grows.',
    find: "{ phase: 'running', attempts }",
    replace: "{ phase: 'running', attempts: 0 }",
  },
  {
    file,
    name: 'A failed refresh may be tried again at once.',
    find: 'now.monotonic + ceiling * (0.5 + input.jitter / 2)',
    replace: 'now.monotonic',
  },
  {
    file,
    name: 'The wait that the server asks for is ignored.',
    find: 'input.error.retryAfter ?? 0',
    replace: '0',
  },
  {
    file,
    name: 'Coming online cuts the wait short that the server asked for.',
    find: 'nextAt: refresh.notBefore',
    replace: 'nextAt: 0',
  },
  {
    file,
    name: 'A result is committed over the session of another sign-in.',
    find: 'if (input.record.lineage !== held.record.lineage) return [state]',
    replace: '',
  },
  {
    file,
    name: 'The same result can be committed twice.',
    find: 'input.record.revision <= held.record.revision',
    replace: 'input.record.revision < held.record.revision',
  },
  {
    file,
    name: 'The machine forgets that the save of a refresh failed.',
    find: '{ saved: input.saved, over: state.over }',
    replace: '{ saved: true, over: state.over }',
  },
  {
    file,
    name: 'A sign-in forgets the sign-in it replaced.',
    find: "state.status === 'signed-in' ? remember(before, state.held.record.lineage) : before",
    replace: 'before',
  },
  {
    file,
    name: 'Tabs that remember different sign-ins each go on telling storage of their own.',
    find: 'past && (mine === null || mine > seen.record.lineage)',
    replace: 'past',
  },
]
