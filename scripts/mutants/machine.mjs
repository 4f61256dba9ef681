const file = 'src/core/machine.ts'

/** Bugs of the protocol. */
export const MACHINE = [
  {
    file,
    name: 'A sign-in that ended here is forgotten at once.',
    find: 'final ? remember(ended, state.held.record.lineage) : ended',
    replace: 'final ? ended : ended',
  },
  {
    file,
    name: 'A session that was deleted from storage counts as ended for ever.',
    find: "reason !== 'storage-cleared'",
    replace: 'reason !== null',
  },
  {
    file: 'src/core/timing.ts',
    name: 'Empty storage is believed at once.',
    find: 'CONFIRM_ABSENCE = 1_000',
    replace: 'CONFIRM_ABSENCE = 0',
  },
  {
    file,
    name: 'An older revision in storage is adopted.',
    find: 'record.lineage === mine.lineage && behind < 0',
    replace: 'record.lineage === null && behind < 0',
  },
  {
    file,
    name: 'A refresh by a sibling is announced as a sign-in.',
    find: 'before.lineage !== record.lineage && !isCurrentPerson(state, record)',
    replace: 'before.revision !== record.revision',
  },
  {
    file: 'src/core/state.ts',
    name: 'An earlier sign-out in storage ends a sign-in that is not saved yet.',
    find: '(!saved || overwritten)',
    replace: '(saved && overwritten)',
  },
  {
    file: 'src/core/state.ts',
    name: 'A session whose save is pending outlives its sign-out elsewhere.',
    find: '!ended.includes(mine) && ',
    replace: '',
  },
  {
    file: 'src/core/state.ts',
    name: 'The end of a sign-in ends a later one that its context could not see.',
    find: '!any && ended.every((lineage) => lineage < mine)',
    replace: 'false',
  },
  {
    file: 'src/core/state.ts',
    name: 'A sign-in that storage shows late outlives the sign-out of a person.',
    find: '!any && ended.every',
    replace: 'ended.every',
  },
  {
    file: 'src/core/state.ts',
    name: 'A session comes back after so many later ones that its end is forgotten.',
    find: 'ended.every((lineage) => lineage < mine)',
    replace: 'ended.every(() => true)',
  },
  {
    file,
    name: 'Storage that was damaged is not written again.',
    find: "case 'unreadable':\n      return [{ ...state, saved: false }]",
    replace: "case 'unreadable':\n      return [state]",
  },
  {
    file,
    name: 'A result is committed over the session of another sign-in.',
    find: 'record.lineage !== held.record.lineage || record.revision',
    replace: 'record.revision',
  },
  {
    file,
    name: 'The same result can be committed twice.',
    find: 'record.revision <= held.record.revision',
    replace: 'record.revision < held.record.revision',
  },
  {
    file,
    name: 'The machine forgets that the save of a refresh failed.',
    find: '{ ...signedIn(state, record, circumstances), saved, ended, left, patience }',
    replace:
      '{ ...signedIn(state, record, circumstances), saved: saved || true, ended, left, patience }',
  },
  {
    file,
    name: 'Tabs that remember different sign-ins each go on telling storage of their own.',
    find: 'over && (mine === null || mine > seen.record.lineage)',
    replace: 'hasEnded',
  },
  {
    file,
    name: 'The age of what a record brings goes by how an earlier record came.',
    find: '{ ...known, record, arrived }',
    replace: '{ ...known, record }',
  },
  {
    file,
    name: 'The life of a known token begins anew with a change of the user.',
    find: 'known && hasSameAccessToken(known.record, record)\n      ? { ...known, record, arrived }',
    replace:
      'known && hasSameAccessToken(known.record, record) && !record\n      ? { ...known, record, arrived }',
  },
  {
    file,
    name: 'A change of the user in another context ends the patience with a sick server.',
    find: 'patience: failing ? state.patience : null',
    replace: 'patience: failing ? null : null',
  },
  {
    file,
    name: 'A refresh by a sibling within one second is announced as a change of the user.',
    find: "hasSameTokens(before, record) ? 'USER_UPDATED'",
    replace: "hasSameAccessToken(before, record) ? 'USER_UPDATED'",
  },
  {
    file,
    name: 'A sign-out elsewhere does not say why.',
    find: "signedOut(state, 'other-context', { saved: true, error: seen.error ?? null })",
    replace: "signedOut(state, 'other-context', { saved: true })",
  },
  {
    file,
    name: 'Who signs in while storage cannot be read is replaced by whom it names later.',
    find: 'left: !saved && (unknownOf(state) || leftOf(state)) ? record.lineage : undefined',
    replace: 'left: undefined',
  },
  {
    file,
    name: 'Who signs in while storage cannot be read is replaced by whom it names after a refresh.',
    find: 'const left = saved ? undefined : state.left',
    replace: 'const left = undefined',
  },
  {
    file,
    name: 'Who has left while storage could not be read ends later sign-ins, where the clock is set back.',
    find: 'left: saved ? undefined : state.left',
    replace: 'left: state.left',
  },
  {
    file,
    name: 'A wake or another tab shows whom storage names, before a start has asked whose session the cookies hold.',
    find: "if (seen.kind === 'session' && isBlind(state)) return [state]",
    replace: '',
  },
]
