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
    find: 'organizationId: session.organizationId,\n    }),\n  apply: (grant',
    replace: '}),\n  apply: (grant',
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
    find: 'apply: toRecord,\n  event,',
    replace: 'apply: toRecord,',
    edits: [['  send,\n  event,\n}: Purpose', '  send,\n}: Purpose']],
  },
  {
    file,
    name: 'What an answer of an API said of old tokens is laid over newer ones.',
    find: 'hasSameTokens(record, base) ? grant : null',
    replace: 'record.lineage === base.lineage ? grant : null',
    edits: [['  hasSameTokens,\n', '']],
  },
  {
    file,
    name: 'Tokens for two scopes of one resource are the same one.',
    find: 'const wanted = [resource, audience, scope]',
    replace: 'const wanted = [resource, audience, scope && undefined]',
  },
  {
    file,
    name: 'A resource and an audience of one name share a token.',
    find: 'JSON.stringify(wanted.map((text) => text ?? null))',
    replace: "wanted.filter(isText).join(' ')",
  },
  {
    file,
    name: 'A target that is no text is sent to the server.',
    find: 'text !== undefined && !isText(text)',
    replace: 'text === null',
  },
  {
    file,
    name: 'A token for a resource that is about to run out is handed out.',
    find: 'deadline - monotonic > waitMargin(token, limits)',
    replace: 'deadline - monotonic > 0 * waitMargin(token, limits)',
  },
  {
    file,
    name: 'A clock that is set back makes a token for a resource live longer.',
    find: 'Math.min(deadlines.get(token) ?? Infinity, monotonic + left)',
    replace: 'monotonic + left',
  },
  {
    file,
    name: 'A clock that was set back before the first look makes a token live longer than it can.',
    find: 'Math.min(token.expiresAt - wall, token.lifetime)',
    replace: 'token.expiresAt - wall',
  },
  {
    file,
    name: 'A token for a resource is wanted anew although a sibling has brought it.',
    find: 'answeredBy: (record) => tokenFor(context, record, name) !== null',
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
    find: "name}`,\n  trades: 'variant'",
    replace: "name}`,\n  trades: 'refresh'",
  },
]
