const records = 'src/server/coordination/redis-records.ts'
const turns = 'src/server/coordination/redis-turns.ts'
const link = 'src/server/coordination/redis-link.ts'
const pauses = 'src/server/coordination/redis-pauses.ts'
const commands = 'src/server/coordination/redis-commands.ts'

/** Checks that are gone of what processes tell each other by Redis. Its scripts run in Redis alone: no unit test sees them. */
export const REDIS = [
  {
    file: records,
    name: 'An entry that somebody has put under another key counts there.',
    find: 'isObject(value) && value.name === name ? value : {}',
    replace: 'isObject(value) && name !== "" ? value : {}',
  },
  {
    file: turns,
    name: 'A result that somebody has put back after its time is handed out.',
    find: '    if (age - record.took > replay) return null\n',
    replace: '',
  },
  {
    file: turns,
    name: 'The clocks of other processes say how old a result is.',
    find: 'const record = { text: result.text, startedAt: turn.startedAt, took }',
    replace: 'const record = { text: result.text, startedAt: result.startedAt, took }',
  },
  {
    file: turns,
    name: 'A result that nobody can read is waited for.',
    find: '{ ...sight, unreadable: claim.value }',
    replace: 'sight',
  },
  {
    file: turns,
    name: 'A lock that nobody gives back is waited for without end.',
    find: 'clock.monotonic() < end; ) {',
    replace: 'clock.monotonic() < end * 1e9; ) {',
  },
  {
    file: link,
    name: 'In an outage each call waits for Redis.',
    find: '      if (probe && !urgent && clock.monotonic() < probeAt) return null\n',
    replace: '',
  },
  {
    file: link,
    name: 'In an outage sign-outs are not even tried.',
    find: 'if (probe && !urgent && clock.monotonic() < probeAt)',
    replace: 'if (probe && clock.monotonic() < probeAt)',
  },
  {
    file: link,
    name: 'A client that is not connected keeps commands for later.',
    find: 'if (client.isReady === false) return fail',
    replace: 'if (client.isReady === undefined) return fail',
  },
  {
    file: link,
    name: 'A lock that was taken after its time is never given back.',
    find: '        sent.then(follow, follow)\n',
    replace: '        void follow\n',
  },
  {
    file: link,
    name: 'A slow command from before an outage ends it.',
    find: '        if (probe) down = false\n',
    replace: '        down = false\n',
  },
  {
    file: pauses,
    name: 'Whoever writes into Redis keeps everybody from a server for days.',
    find: 'reading.left >= 0 && reading.left <= LONGEST_PAUSE',
    replace: 'reading.left >= 0',
  },
  {
    file: pauses,
    name: 'What another process has learnt is asked for at each request.',
    find: 'await local.pause(name, pause, Math.min(there.left, LOOK))',
    replace: 'await local.pause(name, pause, 0 * there.left + 0 * LOOK)',
  },
  {
    file: pauses,
    name: 'A server that is well again is left alone as long as before by the process that knew it ill.',
    find: "if (here.type === 'probe') await local.resume(name)",
    replace: '',
  },
  {
    file: commands,
    name: 'Redis sees the names of sessions and people.',
    find: '`${prefix}e:${await fingerprint(id)}`',
    replace: '`${prefix}e:${id}`',
  },
]
