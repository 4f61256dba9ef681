const file = 'src/core/patience.ts'

/** Bugs in the pace of tries at a sick server. */
export const PATIENCE = [
  {
    file,
    name: 'The backoff has no bound.',
    find: 'Math.min(longest, first * factor ** steps)',
    replace: 'first * factor ** steps',
  },
  {
    file,
    name: 'The wait that the server asks for is ignored.',
    find: 'Math.max(quiet, wished(error), ',
    replace: 'Math.max(quiet, 0 * wished(error), ',
  },
  {
    file,
    name: 'Those who ask wait as long as those who do not.',
    find: ': asked\n',
    replace: ': !asked\n',
  },
  {
    file,
    name: 'A client that nobody asks is never slower than half a minute.',
    find: 'Math.max(IDLE, maxRetryDelay)',
    replace: 'maxRetryDelay',
  },
  {
    file,
    name: 'A longest delay that the app set is cut short while nobody asks.',
    find: 'Math.max(IDLE, maxRetryDelay)',
    replace: 'IDLE',
  },
  {
    file,
    name: 'A refusal that ends nothing is tried again like an outage.',
    find: 'REFUSALS.includes(code)',
    replace: 'false && REFUSALS.includes(code)',
  },
  {
    file,
    name: 'A refused token of which storage did not tell enough is tried a quarter of an hour later.',
    find: 'REFUSALS.includes(code)',
    replace: "(REFUSALS.includes(code) || code === 'refresh_rejected')",
  },
  {
    file,
    name: 'A Retry-After of a month is believed.',
    find: 'Math.min(retryAfter, LONGEST)',
    replace: 'retryAfter',
  },
  {
    file,
    name: 'A 429 without a readable Retry-After is asked again after a second.',
    find: "code === 'rate_limited' ? TOO_MANY : 0",
    replace: '0',
    edits: [
      ['({ code, retryAfter = 0 }', '({ retryAfter = 0 }'],
      [
        '/** The least delay after a 429 that does not say for how long: pages can seldom read it. */\nconst TOO_MANY = 5_000\n',
        '',
      ],
    ],
  },
  {
    file,
    name: 'Jitter makes a pause longer than its bound.',
    find: 'delay * (least + ',
    replace: 'delay * (1 + ',
  },
  {
    file,
    name: 'A request that was given up counts as a first failure.',
    find: 'if (failures === 0) return 0\n',
    replace: '\n',
  },
  {
    file,
    name: 'The pause counts from the writing of it, by the writer’s clock.',
    find: 'past >= 0 && past <= sinceLook ? past : 0',
    replace: 'past',
    edits: [['{ now, sinceLook }: {', '{ now }: {']],
  },
  {
    file,
    name: 'A writer’s clock that is behind ends every pause.',
    find: 'past >= 0 && past <= sinceLook ? past : 0',
    replace: 'Math.max(past, 0)',
    edits: [['{ now, sinceLook }: {', '{ now }: {']],
  },
  {
    file,
    name: 'A writer’s clock that is ahead makes the pause longer.',
    find: 'past >= 0 && past <= sinceLook',
    replace: 'past <= sinceLook',
  },
  {
    file,
    name: 'The pause of the session before holds for the next one.',
    find: 'lineage === record.lineage && revision',
    replace: 'revision',
    edits: [['const { lineage, revision, at, failures', 'const { revision, at, failures']],
  },
  {
    file,
    name: 'The pause of the tokens before holds for the next ones.',
    find: ' && revision === record.revision',
    replace: '',
    edits: [['const { lineage, revision, at, failures', 'const { lineage, at, failures']],
  },
  {
    file,
    name: 'That a token may be spent is not told to the other contexts.',
    find: 'spent: spent === true',
    replace: 'spent: false && spent === true',
  },
  {
    file,
    name: 'What somebody wrote in the place of jitter is believed.',
    find: "jitter: typeof jitter === 'number' && jitter >= 0 && jitter < 1 ? jitter : 0",
    replace: "jitter: typeof jitter === 'number' ? jitter : 0",
  },
  {
    file,
    name: 'A refusal that the provider calls retryable is tried again like an outage.',
    find: 'isRefusal(error)\n    ? ([...REFUSED',
    replace: '!error.retryable && isRefusal(error)\n    ? ([...REFUSED',
  },
  {
    file,
    name: 'A request that was lost takes back what the server said before.',
    find: 'return Math.max(0, before.since + Math.max(said, before.quiet ?? 0) - now.monotonic)',
    replace: 'return 0',
  },
  {
    file,
    name: 'The second request that is lost takes back what the server said before.',
    find: 'Math.max(said, before.quiet ?? 0)',
    replace: 'said',
  },
  {
    file,
    name: 'Other contexts do not learn how long the server is left alone.',
    find: "quiet: typeof quiet === 'number' && quiet >= 0 && quiet <= LONGEST ? quiet : 0,\n",
    replace: '\n',
  },
]
