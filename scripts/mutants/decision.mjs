const file = 'src/core/decision.ts'

/** Bugs in what getSession does at a moment. */
export const DECISION = [
  {
    file,
    name: 'Who cannot ask the server takes everybody for signed out.',
    find: "return error ? { kind: 'fail', error }",
    replace: "return error?.code === 'disposed' ? { kind: 'fail', error }",
  },
  {
    file,
    name: 'A token is served until its last moment.',
    find: 'if (left > waitMargin(held.record, limits)) {',
    replace: 'if (left > 0 * waitMargin(held.record, limits)) {',
  },
  {
    file,
    name: 'A token without successor is served after its end.',
    find: "return left > 0 ? { kind: 'serve', session } : { kind: 'nobody' }",
    replace: "return { kind: 'serve', session }",
  },
  {
    file,
    name: 'A session that is due is served without a refresh behind it.',
    find: "due ? 'serve-and-refresh' : 'serve'",
    replace: "due && !session ? 'serve-and-refresh' : 'serve'",
  },
  {
    file,
    name: 'A refresh runs behind each reading.',
    find: 'untilDue(state, now, limits) <= 0',
    replace: 'untilDue(state, now, limits) < Infinity',
  },
  {
    file,
    name: 'A caller with a token in its last seconds waits through the pause.',
    find: "{ kind: 'serve', session } : { kind: 'fail', error }",
    replace: "{ kind: 'wait' } : { kind: 'fail', error }",
  },
  {
    file,
    name: 'A caller with a dead token waits through the pause.',
    find: 'if (!error) return',
    replace: 'if (!error || left <= 0) return',
  },
  {
    file,
    name: 'A caller in the pause is not told when to ask again.',
    find: '&& { retryAfter }',
    replace: '&& { retryAfter: 0 * retryAfter }',
  },
  {
    file,
    name: 'A caller in the pause is not told what the server said.',
    find: '{ status, serverCode, retryable, details, ...rest',
    replace: '{ retryable, ...rest',
    edits: [
      [
        '{ code, message, status, serverCode, retryable, details, cause }',
        '{ code, message, retryable, cause }',
      ],
    ],
  },
  {
    file,
    name: 'A caller in the pause is not told what a function of the app threw.',
    find: '!!cause',
    replace: '!cause',
  },
  {
    file,
    name: 'Whoever asks where a step is wanted is told to ask again in an eternity.',
    find: 'retryAfter < Infinity && ',
    replace: 'retryAfter > 0 && ',
  },
]
