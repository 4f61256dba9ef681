const map = 'src/server/coordination/tombstone-map.ts'
const expiring = 'src/server/coordination/expiring.ts'
const coordinator = 'src/server/coordination/coordinator.ts'
const lately = 'src/server/shared/lately.ts'

/** Checks that are gone of what one process remembers for all requests. */
export const COORDINATION = [
  {
    file: map,
    name: 'A tombstone lives for ever.',
    find: 'return standing && now() < standing.until ? standing.at : null',
    replace: 'return standing ? standing.at : null',
  },
  {
    file: map,
    name: 'A tombstone of which the server has heard is none.',
    find: 'unconfirmed.get(name) ?? confirmed.get(name)',
    replace: 'unconfirmed.get(name)',
  },
  {
    file: map,
    name: 'Tombstones that matter go first.',
    find: 'for (const map of [confirmed, unconfirmed])',
    replace: 'for (const map of [unconfirmed, confirmed])',
  },
  {
    file: map,
    name: 'There are as many tombstones as somebody likes.',
    find: 'alive && size() <= limit',
    replace: 'alive',
  },
  {
    file: map,
    name: 'Nobody is told that a tombstone had to go.',
    find: '        if (alive) onDrop()\n',
    replace: '',
  },
  {
    file: map,
    name: 'A tombstone whose time is up is told of as one that had to go.',
    find: 'if (alive) onDrop()',
    replace: 'onDrop()',
  },
  {
    file: map,
    name: 'Every sign-out counts as one that the server has heard of.',
    find: 'isConfirmed ? confirmed : unconfirmed',
    replace: 'isConfirmed || until ? confirmed : unconfirmed',
  },
  {
    file: map,
    name: 'A sign-out of which the server hears later stays among those that it does not know.',
    find: '      unconfirmed.delete(name)\n',
    replace: '',
  },
  {
    file: expiring,
    name: 'What is over is still handed out.',
    find: 'entry && isAlive(entry) ? entry.value : undefined',
    replace: 'entry?.value',
  },
  {
    file: expiring,
    name: 'A map holds as much as somebody likes.',
    find: 'isAlive(entry) && entries.size <= limit',
    replace: 'isAlive(entry)',
  },
  {
    file: expiring,
    name: 'An entry that is set again is the first to go.',
    find: '      entries.delete(key)\n',
    replace: '',
  },
  {
    file: coordinator,
    name: 'Refusals push the results of honest tabs out.',
    find: 'isRefusal?.(outcome.result.text) ? refusals : outcomes',
    replace: 'isRefusal?.(outcome.result.text) ? outcomes : outcomes',
  },
  {
    file: coordinator,
    name: 'Refusals have as much room as sessions.',
    find: 'Math.ceil(limit / REFUSALS)',
    replace: 'Math.ceil(limit)',
  },
  {
    file: lately,
    name: 'A clock that was set back makes everything last.',
    find: 'age >= 0 && age < span',
    replace: 'age < span',
  },
  {
    file: coordinator,
    name: 'A result is handed out for longer than whoever comes wants.',
    find: 'wanted.replay ?? standard, now()',
    replace: 'standard, now()',
  },
  {
    file: coordinator,
    name: 'Whoever comes again is not told how old the result is.',
    find: 'return { ...kept.result, age: now() - kept.finishedAt }',
    replace: 'return { ...kept.result }',
  },
  {
    file: coordinator,
    name: 'A tombstone may be for no time.',
    find: "checkPositive('ttl', ttl)",
    replace: 'ttl',
  },
  {
    file: coordinator,
    name: 'The key of an exchange tells the token.',
    find: 'return fingerprint(refreshToken, organizationId ?? null)',
    replace: 'return Promise.resolve(`${refreshToken} ${organizationId ?? null}`)',
  },
  {
    file: coordinator,
    name: 'One answer serves exchanges for different organizations.',
    find: 'fingerprint(refreshToken, organizationId ?? null)',
    replace: 'fingerprint(refreshToken, organizationId ? null : null)',
  },
  {
    file: coordinator,
    name: 'Each tombstone that had to go is told of.',
    find: '!report || isLately(saidAt, SILENCE, now())',
    replace: '!report',
  },
]
