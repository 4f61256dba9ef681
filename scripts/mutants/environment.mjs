const lock = 'src/environment/lock.ts'
const lease = 'src/environment/lease.ts'

/** Bugs of the locks and of the other surroundings. */
export const ENVIRONMENT = [
  {
    file: lock,
    name: 'Whoever releases the lock clears the line behind it.',
    find: 'if (lines.get(name) === turn) lines.delete(name)',
    replace: 'lines.delete(name)',
  },
  {
    file: lock,
    name: 'A lock granted after the wait was given up is held for ever.',
    find: 'return signal.aborted ? undefined : new Promise<void>',
    replace: 'return new Promise<void>',
  },
  {
    file: lock,
    name: 'Where Web Locks are refused there is no lock.',
    find: 'web.acquire(name, signal).catch(() => other.acquire(name, signal))',
    replace: 'web.acquire(name, signal)',
  },
  {
    file: lock,
    name: 'Only the outer of two locks is released.',
    find: 'releaseInner?.()\n',
    replace: '\n',
  },
  {
    file: lock,
    name: 'A lease inside the lock of the process does not say that it is gone.',
    find: '{ holds: releaseInner?.holds }',
    replace: '{ holds: undefined }',
  },
  {
    file: lease,
    name: 'A holder counts its lease as renewed when it finds that of another.',
    find: 'if (ownerOf(text) === owner) until = safeUntil(asked, text)',
    replace: 'until = safeUntil(asked, text)',
  },
  {
    file: lease,
    name: 'A lease says that it is held although its term is over.',
    find: 'return clock.monotonic() < until',
    replace: 'return until > 0',
  },
  {
    file: lease,
    name: 'A lease in a slow storage is lost, although nobody else wants it.',
    find: 'if (clock.monotonic() >= until) await renew()\n',
    replace: '\n',
  },
  {
    file: lease,
    name: 'A renewal lands after the release.',
    find: 'await renewal\n',
    replace: '\n',
  },
  {
    file: lease,
    name: 'A lease is not renewed.',
    find: 'renewLater()\n      return Object',
    replace: 'return Object',
  },
  {
    file: lease,
    name: 'A lease is taken without a look at its holder.',
    find: '(text === null || text === dead)',
    replace: '(text === null || text !== dead)',
  },
  {
    file: lease,
    name: 'Who slept after its claim believes that it still has the lease.',
    find: 'while (!signal.aborted && !(await holds()))',
    replace: 'while (!signal.aborted && !holds)',
  },
  {
    file: lease,
    name: 'A claim is not looked at again where storage has no update.',
    find: 'if (storage.update) return true\n',
    replace: 'return true\n',
  },
  {
    file: lease,
    name: 'The wall clock says when a lease is over.',
    edits: [
      ['since = clock.monotonic()\n', 'since = clock.now()\n'],
      ['clock.monotonic() - since >= termOf(text)', 'clock.now() - since >= termOf(text)'],
    ],
  },
  {
    file: lease,
    name: 'A release takes the lease away from whoever has taken it over.',
    find: '(text) => (ownerOf(text) === owner ? to() : text)',
    replace: '() => to()',
  },
  {
    file: lease,
    name: 'A lease that was granted too late is kept.',
    find: 'release()\n        throw signal.aborted',
    replace: 'throw signal.aborted',
  },
  {
    file: 'src/environment/clock.ts',
    name: 'A refresh that is due in thirty days fires at once.',
    find: 'Math.min(left, LONGEST)',
    replace: 'left',
  },
  {
    file: 'src/environment/clock.ts',
    name: 'A waiting timer keeps the process alive.',
    find: 'timer.unref?.()',
    replace: 'timer',
  },
  {
    file: 'src/environment/wake.ts',
    name: 'A runtime that cannot tell whether it is online counts as offline.',
    find: 'globalThis.navigator?.onLine !== false',
    replace: 'globalThis.navigator?.onLine === true',
  },
  {
    file: 'src/environment/channel.ts',
    name: 'Clients hear the hints of other storage keys.',
    find: 'other === me || other.name !== name',
    replace: 'other === me',
  },
  {
    file: 'src/environment/channel.ts',
    name: 'Whoever is told on both channels hears it twice.',
    find: 'data !== FOR_OLD_TABS && onHint()',
    replace: 'onHint()',
  },
  {
    file: 'src/environment/channel.ts',
    name: 'Tabs of 0.1 are neither told nor heard.',
    find: ', `holdfast:',
    replace: ', `',
  },
  {
    file: 'src/environment/clock.ts',
    name: 'No timer keeps a process alive.',
    find: 'if (background) unref(timer)',
    replace: 'unref(timer)',
  },
  {
    file: lease,
    name: 'An empty text counts as the lease of somebody.',
    find: 'const text = textOf(await call(() => storage.get(name), signal))',
    replace: 'const text = await call(() => storage.get(name), signal)',
  },
  {
    file: 'src/defaults.ts',
    name: 'A page whose localStorage is blocked keeps its sessions there.',
    find: "documentHere() && webStorageWorks('local')) return",
    replace: 'documentHere()) return',
  },
  {
    file: 'src/core/check-options.ts',
    name: 'A time before now is a time.',
    find: 'Number(value) >= least',
    replace: 'true',
  },
  {
    file: 'src/core/check-options.ts',
    name: 'A storage that removes nothing will do.',
    find: '[get, set, remove].every',
    replace: '[get, set].concat(remove && []).every',
  },
  {
    file: 'src/core/check-options.ts',
    name: 'A delay without length is one.',
    find: '? LEAST_DELAY : 0',
    replace: '? 0 * LEAST_DELAY : 0',
  },
  {
    file: 'src/core/check-options.ts',
    name: 'A part of the environment may lack a method.',
    find: "methods.split(' ').every",
    replace: "methods.split(' ').some",
  },
  {
    file: lease,
    name: 'A tab in the background loses its lease between two of its timers.',
    find: 'wake.visible() ? text : text + HIDDEN',
    replace: 'text',
  },
  {
    file: lease,
    name: 'A tab in the background that crashes keeps its lease for hours.',
    find: 'HIDDEN_TERM = 60_000 + TERM',
    replace: 'HIDDEN_TERM = 3_600_000 + TERM',
  },
]
