const file = 'src/core/share.ts'

/** Bugs in the line of calls. */
export const SHARE = [
  {
    file,
    name: 'A call joins only the last one of the line.',
    find: 'calls.find(fits)',
    replace: 'calls.slice(-1).find(fits)',
  },
  {
    file,
    name: 'One failed call fails all that come after it.',
    find: 'calls.at(-1)?.promise.catch(() => null)',
    replace: 'calls.at(-1)?.promise',
  },
  {
    file,
    name: 'Calls in a line do not wait for each other.',
    find: 'calls.at(-1)?.promise.catch(() => null) ?? Promise',
    replace: 'Promise',
  },
  {
    file,
    name: 'Whoever leaves the line takes the wrong one along.',
    find: 'calls.splice(calls.indexOf(call), 1)',
    replace: 'calls.pop()',
  },
  {
    file,
    name: 'A call hears the answer before it has left the line.',
    find: '.finally(() => {\n            calls.splice(calls.indexOf(call), 1)\n            left()\n          })',
    replace:
      '.finally(() => {\n            Promise.resolve().then(() => Promise.resolve()).then(() => {\n              calls.splice(calls.indexOf(call), 1)\n              left()\n            })\n          })',
  },
]
