const watch = 'src/timeouts/watch.ts'
const shared = 'src/timeouts/shared-use.ts'
const use = 'src/timeouts/use.ts'

/** Bugs in sessions that end by themselves. */
export const TIMEOUTS = [
  {
    file: watch,
    name: 'A session ends though somebody is in another tab.',
    find: '    // Somebody may be in another tab.\n    await shared.look()\n',
    replace: '',
  },
  {
    file: watch,
    name: 'What is over is there again for whoever comes.',
    find: 'if (!environment.wake.visible() || timedOut() || !end()) return',
    replace: 'if (!environment.wake.visible() || !end()) return',
  },
  {
    file: watch,
    name: 'A hidden tab counts as used.',
    find: 'if (!environment.wake.visible() || timedOut() || !end()) return',
    replace: 'if (timedOut() || !end()) return',
  },
  {
    file: watch,
    name: 'Each tab tells the server of the one end.',
    find: "if (seen?.kind !== 'signed-out' || !seen.ended.includes(lineage)) revoke(session)",
    replace: 'if (seen) revoke(session)',
  },
  {
    file: watch,
    name: 'An end that has moved away is not told of.',
    find: "} else store.tell(['SESSION_EXTENDED', session, { origin }])",
    replace: '}',
  },
  {
    file: shared,
    name: 'The use of a tab is never written down.',
    find: "await vault.updateText('timeouts', usage.text).catch(() => {})",
    replace: 'await Promise.resolve()',
  },
  {
    file: shared,
    name: 'A start finds nobody idle.',
    find: 'return at <= age() ? timeoutOf(reason) : null',
    replace: 'return at === age() ? timeoutOf(reason) : null',
  },
  {
    file: shared,
    name: 'A note from before a clock was set back stays as it is until somebody comes.',
    find: '    writtenAt = -Infinity\n    // Not now',
    replace: '    // Not now',
  },
  {
    file: shared,
    name: 'A tab that opens takes no time for the word of others.',
    find: 'left > 0 && isUntold(note.use)',
    replace: 'left > ANSWER.within && isUntold(note.use)',
  },
  {
    file: use,
    name: 'Time in which the device slept does not count.',
    find: 'const age = base + passed(from, current)',
    replace: 'const age = base + current.monotonic - from.monotonic + 0 * passed(from, current)',
  },
  {
    file: use,
    name: 'A clock that was set back makes an old use a late one.',
    find: 'if (text === seen && known?.lineage === lineage) return known',
    replace: 'if (text === null) return known',
  },
  {
    file: use,
    name: 'A clock set back while nobody saw it wins its time.',
    find: 'if (ahead > CORRECTED)',
    replace: 'if (ahead > Number.MAX_VALUE)',
  },
  {
    file: use,
    name: 'A session begins anew in each tab.',
    find: 'startedAt: Math.min(one.startedAt, other.startedAt)',
    replace: 'startedAt: Math.max(one.startedAt, other.startedAt)',
  },
  {
    file: use,
    name: 'The limits of the server count for nothing.',
    find: "typeof told === 'number' && told > 0 ? Math.min(wanted, told) : wanted",
    replace: "typeof told === 'number' && told > 0 ? wanted : wanted",
  },
  {
    file: use,
    name: 'What is no limit stops the clock.',
    find: "typeof told === 'number' && told > 0 ? Math.min(wanted, told) : wanted",
    replace: 'told === undefined ? wanted : Math.min(wanted, Number(told))',
  },
  {
    file: use,
    name: 'A note of an earlier sign-in is written over that of a later one.',
    find: 'if (isLater(parseUse(before), lineage)) return before',
    replace: 'if (!lineage) return before',
  },
  {
    file: 'src/core/reads.ts',
    name: 'A session is served after its time.',
    find: 'if (timedOut) await wait(timedOut, options)',
    replace: 'if (timedOut) timedOut.catch(() => {})',
  },
  {
    file: 'src/core/vault.ts',
    name: 'The end of an earlier sign-in takes along what is kept beside a later one.',
    find: 'if (after.current === null) {',
    replace: 'if (after) {',
  },
  {
    file: 'src/core/commit.ts',
    name: 'A token that another host saves again counts as new.',
    find: 'Math.abs(theirs - wall) > CLOCKS_APART ? theirs : wall',
    replace: 'Math.abs(theirs - wall) > CLOCKS_APART ? wall : wall',
  },
  {
    file: 'src/core/exchange.ts',
    name: 'A client that was disposed of tells the others of a failure.',
    find: "code === 'disposed' || ",
    replace: '',
  },
]
