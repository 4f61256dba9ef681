const file = 'src/core/upkeep.ts'
const duties = 'src/core/duties.ts'

/** Bugs in what has to be done in time. */
export const UPKEEP = [
  {
    file,
    name: 'A save that failed is not tried again.',
    find: 'Math.min(untilDuty(context, parts, lookedAt), saver.untilNext())',
    replace: 'untilDuty(context, parts, lookedAt)',
  },
  {
    file: duties,
    name: 'A save that fails again and again is tried without a pause.',
    find: 'Math.min(limits.maxRetryDelay, limits.retryDelay * 2 ** tries)',
    replace: '0',
  },
  {
    file,
    name: 'Disposal leaves the timer.',
    find: 'reader.dispose()\n      cancel?.()',
    replace: 'reader.dispose()',
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
    find: 'refreshes.running()) return Infinity',
    replace: '(refreshes.running() && !state)) return Infinity',
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
    find: 'store.ask()\n    await reader.read()',
    replace: 'await reader.read()',
  },
  {
    file: duties,
    name: 'A hint that comes during a reading is lost.',
    find: 'hints++\n',
    replace: '\n',
  },
  {
    file,
    name: 'A page that wakes up refreshes before it has looked into storage.',
    find: 'await reader.read()\n    tick()',
    replace: 'tick()',
  },
  {
    file,
    name: 'The end of a session without a refresh token is not waited for.',
    find: 'held.record.session.refreshToken ? Infinity',
    replace: 'held ? Infinity',
  },
  {
    file,
    name: 'The key of a session that expires stays.',
    find: 'path.forgetKey(held.record.session)\n',
    replace: '\n',
  },
  {
    file,
    name: 'Storage that was found empty is not looked at again.',
    find: 'Math.max(absentSince, lookedAt) + CONFIRM_ABSENCE - monotonic',
    replace: 'Infinity * CONFIRM_ABSENCE',
  },
  {
    file,
    name: 'Storage that was found empty, and fails then, is read without a pause.',
    find: 'Math.max(absentSince, lookedAt) + CONFIRM_ABSENCE',
    replace: 'absentSince + 0 * lookedAt + CONFIRM_ABSENCE',
  },
  {
    file,
    name: 'A caller does not bring a failed refresh forward.',
    find: 'if (!now.asked) settle()',
    replace: 'if (now.asked) settle()',
  },
  {
    file: duties,
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
    file: duties,
    name: 'A sign-out that is saved later does not say why.',
    find: 'any: false, error: state.error ?? undefined }',
    replace: 'any: false }',
  },
]
