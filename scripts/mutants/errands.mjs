const file = 'src/core/errands.ts'

/** Bugs in what an exchange is for. */
export const ERRANDS = [
  {
    file,
    name: 'A refresh leaves the organization of the session.',
    find: 'organizationId: session.organizationId,\n    }),\n  apply: toRecord',
    replace: '}),\n  apply: toRecord',
  },
  {
    file,
    name: 'A token for a resource leaves the organization of the session.',
    find: 'organizationId: session.organizationId,\n    }),\n  apply: asToken',
    replace: '}),\n  apply: asToken',
  },
  {
    file,
    name: 'A switch to one organization joins a switch to another.',
    find: '{organizationId}`',
    replace: "{''}`",
  },
  {
    file,
    name: 'A switch of the organization is content with the session of another one.',
    find: 'session.organizationId === organizationId\n      ? null',
    replace: 'session.organizationId !== null\n      ? null',
  },
  {
    file,
    name: 'Callers with purposes of their own share one exchange.',
    find: '{++purposes}',
    replace: '{purposes}',
  },
  {
    file,
    name: 'A second factor is announced as a mere refresh.',
    find: '  apply,\n  event,',
    replace: '  apply,',
    edits: [['{ send, event, startsSession }: Purpose', '{ send, startsSession }: Purpose']],
  },
  {
    file,
    name: 'What an answer of an API said of old tokens is laid over newer ones.',
    find: 'hasSameTokens(record, base) ? grant : null',
    replace: 'record.lineage === base.lineage ? grant : null',
    edits: [['changed, hasSameTokens, ', 'changed, ']],
  },
  {
    file,
    name: 'A token for a resource that is about to run out is handed out.',
    find: 'token.left > waitMargin(token, limits)',
    replace: 'token.left > 0 * waitMargin(token, limits)',
  },
  {
    file,
    name: 'A token for a resource is wanted anew although a sibling has brought it.',
    find: 'answeredBy: () => tokenFor(context, name) !== null',
    replace: 'answeredBy: () => false',
  },
  {
    file,
    name: 'A token for a resource is asked for without saying which.',
    find: '...target,\n',
    replace: '',
  },
  {
    file,
    name: 'A refusal of a token for a resource slows down the session’s own refreshes.',
    find: "name}`,\n  failures: 'variant'",
    replace: "name}`,\n  failures: 'refresh'",
  },
  {
    file,
    name: 'The refresh token that came with a token for a resource is dropped.',
    find: 'refreshToken: grant.refreshToken || base',
    replace: 'refreshToken: base',
  },
  {
    file,
    name: 'The token for an API that a second factor brought becomes the session’s own.',
    find: 'return name ? asToken(context, name) : toRecord',
    replace: 'return name === null ? asToken(context, name) : toRecord',
  },
]
