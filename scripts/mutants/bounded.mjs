const file = 'src/core/bounded.ts'

/** Bugs in the bounds of waits. */
export const BOUNDED = [
  {
    file,
    name: 'The timer of a bound outlives the work.',
    find: 'cancel()\n',
    replace: '\n',
  },
  {
    file,
    name: 'A time that was slept through counts as a wait.',
    find: 'if (!slept && clock.monotonic() - due > SLEPT) arm',
    replace: 'if (!slept && clock.monotonic() < due) arm',
  },
  {
    file,
    name: 'A wait in a tab whose timers are always late has no end.',
    find: '!slept && clock',
    replace: 'clock',
  },
  {
    file,
    name: 'An answer that came while a page was frozen is thrown away when it wakes.',
    find: 'cancel = clock.schedule(0, () => stop(error()))',
    replace: 'stop(error())',
  },
  {
    file,
    name: 'Work whose time is up goes on.',
    find: 'own.abort(error)\n',
    replace: '\n',
  },
  {
    file,
    name: 'A signal that has already aborted is not noticed.',
    find: 'if (signal?.aborted) return reject(aborted(signal))\n',
    replace: '\n',
  },
]
