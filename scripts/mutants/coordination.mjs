const map = 'src/server/coordination/tombstone-map.ts'
const room = 'src/server/coordination/room.ts'
const expiring = 'src/server/coordination/expiring.ts'
const coordinator = 'src/server/coordination/coordinator.ts'
const lately = 'src/server/shared/lately.ts'

/** Checks that are gone of what one process remembers for all requests. */
export const COORDINATION = [
  {
    file: map,
    name: 'A tombstone lives for ever.',
    find: 'return standing && isAlive(standing) ? standing.at : null',
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
    find: 'maps: [confirmed, unconfirmed]',
    replace: 'maps: [unconfirmed, confirmed]',
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
    file: room,
    name: 'A map holds as much as somebody likes.',
    find: '    dropOldest()\n',
    replace: '',
  },
  {
    file: room,
    name: 'Of what is over only the oldest goes before what is alive.',
    find: '    if (excess() > 0 && now() >= nextEnd) sweep()\n',
    replace: '',
  },
  {
    file: room,
    name: 'What came with a shorter life than all others is not known to be over.',
    find: '    nextEnd = Math.min(nextEnd, until)\n',
    replace: '',
  },
  {
    file: room,
    name: 'What was alive at one look is not looked for at the next.',
    find: 'if (isAlive(value)) nextEnd = Math.min(nextEnd, value.until)',
    replace: 'if (isAlive(value)) continue',
  },
  {
    file: room,
    name: 'Nobody is told of what had to go before its time.',
    find: '        onDrop?.()\n',
    replace: '',
  },
  {
    file: room,
    name: 'What is over is told of as what had to go.',
    find: '        if (isAlive(value)) break\n        map.delete(key)\n',
    replace: '        if (isAlive(value)) break\n        map.delete(key)\n        onDrop?.()\n',
  },
  {
    file: room,
    name: 'What is over further on is told of as what had to go.',
    find: '        else map.delete(key)\n',
    replace: '        else if (map.delete(key)) onDrop?.()\n',
  },
  {
    file: expiring,
    name: 'What is over is still handed out.',
    find: 'entry && isAlive(entry) ? entry.value : undefined',
    replace: 'entry?.value',
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
    find: 'isRefusal?.(outcome.result.text) ? refusals : lasting',
    replace: 'isRefusal?.(outcome.result.text) ? lasting : lasting',
  },
  {
    file: coordinator,
    name: 'Refreshes push out what must be done once.',
    find: 'isApart ? apart : outcomes',
    replace: 'isApart ? outcomes : outcomes',
  },
  {
    file: coordinator,
    name: 'Sign-outs push out what stands as long as a session.',
    find: 'isApart ? others : signOuts',
    replace: 'isApart ? signOuts : signOuts',
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
  {
    file: 'src/server/shared/tombstones.ts',
    name: 'What is noted of a session lies among sign-outs.',
    find: '{ ...options, apart: true }',
    replace: '{ ...options }',
  },
  {
    file: 'src/server/sealed/ended-sessions.ts',
    name: 'A session that was replaced counts as one that has ended at the server.',
    find: 'noteOf(coordinator, replacedName(name), LONGEST_COOKIE_LIFE)',
    replace: 'confirmEnd(coordinator, replacedName(name), LONGEST_COOKIE_LIFE)',
  },
  {
    file: 'src/server/sealed/shared-ends.ts',
    name: 'A token that counts once lies among refreshes.',
    find: '{ replay: once.within, apart: true }',
    replace: '{ replay: once.within }',
  },
  {
    file: 'src/server/coordination/redis.ts',
    name: 'Each tombstone in Redis stands for a minute.',
    find: 'ttl: whole(ttl)',
    replace: 'ttl: 60_000',
  },
  {
    file: 'src/server/coordination/redis-commands.ts',
    name: 'Each tombstone in Redis stands for a turn.',
    find: 'args: [ttl, Math.floor(at)',
    replace: 'args: [term, Math.floor(at)',
  },
]
