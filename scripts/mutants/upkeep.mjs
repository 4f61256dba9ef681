const file = 'src/core/upkeep.ts'

/** Bugs in what has to be done in time. */
export const UPKEEP = [
  {
    file,
    name: 'A save that failed is not tried again.',
    find: 'untilRefresh(), saver.untilNext()',
    replace: 'untilRefresh()',
  },
  {
    file,
    name: 'A save that fails again and again is tried without a pause.',
    find: 'Math.min(limits.maxRetryDelay, limits.retryDelay * 2 ** tries)',
    replace: '0',
  },
  {
    file,
    name: 'Disposal leaves the timer.',
    find: 'disposed = true\n      cancel?.()',
    replace: 'disposed = true',
  },
  {
    file,
    name: 'Disposal leaves the listeners of the page.',
    find: 'cancel?.()\n      stop()',
    replace: 'cancel?.()',
  },
  {
    file,
    name: 'A new deadline leaves the timer of the old one.',
    find: 'store.publish()\n    cancel?.()',
    replace: 'store.publish()',
  },
  {
    file,
    name: 'While a refresh runs another one is due.',
    find: 'asleep || paused || refreshes.running()',
    replace: 'asleep || paused',
  },
  {
    file,
    name: 'Hidden pages refresh by themselves.',
    find: "autoRefresh === 'visible' ? !wake.visible() : !autoRefresh",
    replace: '!autoRefresh',
  },
  {
    file,
    name: 'A failed refresh is tried again while the device is offline.',
    find: 'state.patience !== null && !wake.online()',
    replace: 'state.patience !== null && wake.online() === null',
  },
  {
    file,
    name: 'A sign that time has passed does not bring a failed refresh forward.',
    find: 'store.ask()\n    await hint()',
    replace: 'await hint()',
  },
  {
    file,
    name: 'A hint that comes during a reading is lost.',
    find: 'hints++\n',
    replace: '\n',
  },
  {
    file,
    name: 'A page that wakes up refreshes before it has looked into storage.',
    find: 'await hint()\n    tick()',
    replace: 'tick()',
  },
  {
    file,
    name: 'The end of a session without a refresh token is not waited for.',
    find: 'if (!state.held.record.session.refreshToken) duties.push(remaining(state.held, now))',
    replace: '',
  },
  {
    file,
    name: 'Storage that was found empty is not looked at again.',
    find: 'duties.push(state.absentSince + CONFIRM_ABSENCE - now.monotonic)',
    replace: '',
  },
  {
    file,
    name: 'A caller does not bring a failed refresh forward.',
    find: 'if (!now.asked) settle()',
    replace: 'if (now.asked) settle()',
  },
  {
    file,
    name: 'A save that waits for the lock is begun again.',
    find: 'saving = true\n',
    replace: '\n',
  },
  {
    file,
    name: 'A page that comes back does not give up the request that it may never hear of.',
    find: "if (sign === 'restored') await refreshes.restart()\n",
    replace: '\n',
  },
  {
    file,
    name: 'A sign-out that is saved later does not say why.',
    find: 'error: state.error ?? undefined',
    replace: 'error: undefined',
  },
  {
    file,
    name: 'A save that is tried again makes a session of the one before.',
    find: "become: (saved) => ({ type: 'persisted', saved })",
    replace: "become: (saved) => ({ type: 'persisted', saved: saved || seen === null })",
  },
]
