// Each script is one step for Redis, which no other process can come between. A value of a wrong
// type, whoever put it there, counts as none.

const READ = `
local function read(key)
  local value = redis.pcall('GET', key)
  return type(value) == 'string' and value
end
`

/**
 * Asks for the turn to work. KEYS: result, lock, failure of the run waited for. ARGV: owner, term
 * in ms, a result that is worth nothing. Returns what there is, a value, and Redis's time in ms:
 * `done` with the result, `failed` with the failure, `mine`, or `theirs` with the owner.
 *
 * Looking for the result and taking the lock are one step, or this would send a token twice:
 *
 *     we:   result? none                                lock? ours
 *     they:               result written, lock released
 */
export const CLAIM: string = `${READ}
local kind, value = 'theirs', ''
local result = read(KEYS[1])
local failure = read(KEYS[3])
if result and result ~= ARGV[3] then
  kind, value = 'done', result
elseif failure then
  kind, value = 'failed', failure
elseif redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  kind = 'mine'
else
  value = read(KEYS[2]) or ''
end
local time = redis.call('TIME')
return {kind, value, time[1] * 1000 + math.floor(time[2] / 1000)}
`

/**
 * Ends a turn. KEYS: where the record goes, lock. ARGV: owner, record or nothing, its life in ms.
 * A lock that has passed to another owner stays.
 */
export const SETTLE: string = `${READ}
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
if read(KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1
`

/**
 * Leaves a tombstone, which says when. KEYS: tombstone. ARGV: its life, and the time of the process, both in ms;
 * whether one that is there stays, 1 or 0. It is later than the one before it, by whatever clock: a session that began in between is over.
 */
export const END: string = `${READ}
local at = tonumber(ARGV[2])
local former = tonumber(string.match(read(KEYS[1]) or '', '^at:(%d+)$') or '')
if former and ARGV[3] == '1' then return 1 end
if former and former >= at then at = former + 1 end
redis.call('SET', KEYS[1], string.format('at:%.0f', at), 'PX', ARGV[1])
return 1
`

/** What a tombstone says, such as `at:` and the time in ms; 0 where there is none. KEYS: tombstone. */
export const ENDED: string = `${READ}
return read(KEYS[1]) or 0
`

/**
 * Tells all processes of an end. KEYS: the feed. ARGV: the name, how many are kept, and how long in ms. Whatever
 * else lies under the key of the feed, whoever put it there, is replaced.
 */
export const TELL: string = `
local function add()
  return redis.pcall('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'n', ARGV[1])
end
local reply = add()
if type(reply) == 'table' and reply.err then
  redis.call('DEL', KEYS[1])
  add()
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`

/** What was told since. KEYS: the feed. ARGV: the last id that is known, how many at once. Returns ids and names in turn. */
export const HEAR: string = `
local reply = redis.pcall('XREAD', 'COUNT', ARGV[2], 'STREAMS', KEYS[1], ARGV[1])
local found = {}
if type(reply) ~= 'table' or reply.err or not reply[1] then return found end
for _, entry in ipairs(reply[1][2]) do
  found[#found + 1] = entry[1]
  found[#found + 1] = entry[2][2]
end
return found
`

/**
 * Asks whether a server may be asked. KEYS: pause. ARGV: how long a probe may take, and how long a
 * pause is remembered, both in ms. Returns `open`, `closed` with the pause and the ms left, or `probe`
 * with the pause: then the others find it closed for as long as the probe may take.
 */
export const ADMIT: string = `${READ}
local value = read(KEYS[1])
if not value then return {'open', '', 0} end
local left = redis.call('PTTL', KEYS[1]) - ARGV[2]
if left > 0 then return {'closed', value, left} end
redis.call('PEXPIRE', KEYS[1], ARGV[1] + ARGV[2])
return {'probe', value, 0}
`

/** Keeps a text. KEYS: where. ARGV: the text, its life in ms. */
export const KEEP: string = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`

/** What a key holds, or an empty text. KEYS: the key. */
export const GET: string = `${READ}
return read(KEYS[1]) or ''
`

/** Lets a key live for no more than ARGV[1] ms from now; 0 is no longer at all. KEYS: the key. */
export const EXPIRE: string = `
if tonumber(ARGV[1]) <= 0 then return redis.call('DEL', KEYS[1]) end
local left = redis.call('PTTL', KEYS[1])
if left == -1 or left > tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
`

/**
 * Keeps an entry of a list. KEYS: the list. ARGV: the entry's name, the entry, its life in ms, the most entries. What
 * is of another type, whoever put it there, is replaced. Of too many entries those go that came first: each begins
 * with a number that grows, for Redis keeps them in no order.
 */
export const PUT: string = `
local kind = redis.call('TYPE', KEYS[1])
if (kind.ok or kind) ~= 'hash' then redis.call('DEL', KEYS[1]) end
local found = redis.call('HGETALL', KEYS[1])
local others, newest = {}, 0
for index = 1, #found, 2 do
  local turn = tonumber(string.match(found[index + 1], '^(%d+) ') or '') or 0
  newest = math.max(newest, turn)
  if found[index] ~= ARGV[1] then others[#others + 1] = {name = found[index], turn = turn} end
end
table.sort(others, function(one, other) return one.turn < other.turn end)
for index = 1, #others + 1 - ARGV[4] do redis.call('HDEL', KEYS[1], others[index].name) end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f ', newest + 1) .. ARGV[2])
local left = redis.call('PTTL', KEYS[1])
if left < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
`

/** The entries of a list. KEYS: the list. */
export const ALL: string = `
local found = redis.pcall('HVALS', KEYS[1])
if type(found) ~= 'table' or found.err then return {} end
for index, value in ipairs(found) do found[index] = string.match(value, '^%d+ (.*)') or value end
return found
`

/** Forgets a pause. KEYS: pause. */
export const RESUME: string = `
return redis.call('DEL', KEYS[1])
`
