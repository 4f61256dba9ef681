const file = 'src/core/resource-tokens.ts'

/** Bugs in the tokens that a session has for several resources. */
export const RESOURCE_TOKENS = [
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
    name: 'Storage may hold a token for a resource that lives for ever.',
    edits: [
      ['Number.isFinite(value.expiresAt)', "typeof value.expiresAt === 'number'"],
      ['isLifetime(value.lifetime)', 'Number(value.lifetime) > 0'],
    ],
  },
  {
    file,
    name: 'A clock that is set back makes a token for a resource live longer.',
    find: 'deadlines.get(key) ?? deadlineOf(token, arrived)',
    replace: 'deadlineOf(token, arrived)',
  },
  {
    file,
    name: 'A token for a resource takes its end from another one.',
    find: '[name, expiresAt, spread(accessToken)]',
    replace: '[name, expiresAt]',
  },
  {
    file,
    name: 'The ends of all tokens for resources that there ever were are remembered.',
    find: 'deadlines.size > KNOWN',
    replace: 'deadlines.size < 0 * KNOWN',
  },
  {
    file,
    name: 'A token for one resource costs the others theirs.',
    find: '{ ...Object.fromEntries(kept), [name]: token }',
    replace: '{ ...Object.fromEntries(kept.slice(0, 0)), [name]: token }',
  },
  {
    file,
    name: 'A session keeps a token for each resource that was ever asked for.',
    find: '.slice(1 - MOST)',
    replace: '.slice(0 * MOST)',
  },
  {
    file,
    name: 'A session with many tokens for resources keeps the oldest of them.',
    find: '.slice(1 - MOST)',
    replace: '.slice(0, MOST - 1)',
  },
]
