const file = 'src/core/flows.ts'

/** Bugs in how the secrets of redirects are kept. */
export const FLOWS = [
  {
    file,
    name: 'A redirect that was given up leaves its secret for ever.',
    find: 'Math.abs(now - begun) <= LONGEST ? [',
    replace: 'begun > 0 * now - LONGEST ? [',
  },
  {
    file,
    name: 'A clock that goes back keeps the secrets of redirects.',
    find: 'Math.abs(now - begun)',
    replace: 'now - begun',
  },
  {
    file,
    name: 'A link in a mail is worth nothing after an hour.',
    find: 'LONGEST = 86_400_000',
    replace: 'LONGEST = 3_600_000',
  },
  {
    file,
    name: 'Each reading makes a redirect of 0.1 younger, and the next one too.',
    find: '[{ secret, purpose, at: begun }]',
    replace: '[{ secret, purpose, at: now }]',
  },
  {
    file,
    name: 'A new redirect throws out the newest.',
    find: '[{ ...flow, at: now() }, ...flows].slice(0, KEPT)',
    replace: '[{ ...flow, at: now() }, ...flows].slice(-KEPT)',
  },
  {
    file,
    name: 'Only one redirect can be under way.',
    find: 'KEPT = 5',
    replace: 'KEPT = 1',
  },
  {
    file,
    name: 'The secrets of redirects pile up.',
    find: '.slice(0, KEPT)',
    replace: '.slice(0, KEPT * LONGEST)',
  },
  {
    file,
    name: 'A redirect that came back leaves its secret.',
    find: 'flow.secret !== secret',
    replace: 'flow.secret !== secret || flow',
  },
  {
    file,
    name: 'A list of nothing is written where nothing could be.',
    find: 'flows.length ? JSON.stringify({ v: 1, flows }) : null',
    replace: 'JSON.stringify({ v: 1, flows })',
  },
]
