const exchange = 'src/core/exchange.ts'
const errands = 'src/core/errands.ts'
const revocation = 'src/core/revocation.ts'
const redirect = 'src/providers/gotrue/redirect.ts'
const identities = 'src/providers/gotrue/identities.ts'
const webauthn = 'src/providers/gotrue/webauthn.ts'

/** Bugs in links, which bring another session of the same person, and in passkeys. */
export const LINKS = [
  {
    file: exchange,
    name: 'The session that a link leaves behind lives on at the server.',
    find: 'errand.left?.(record.session, grant, session !== null)',
    replace: '',
  },
  {
    file: errands,
    name: 'A link ends the very session that it brought.',
    find: 'replaced ? before : {',
    replace: 'replaced !== true ? before : {',
  },
  {
    file: errands,
    name: 'A server that gives the same session again has it ended.',
    find: ' && sessionId !== before.sessionId',
    replace: '',
  },
  {
    file: revocation,
    name: 'A session that a link leaves behind is not ended later, because its person is signed in.',
    find: "if (scope === 'local' || !hasReturned(session)) attempt()",
    replace: 'if (!hasReturned(session)) attempt()',
  },
  {
    file: redirect,
    name: 'A link that somebody else began is taken over whoever is saved meanwhile.',
    find: 'yields: isLink(flow)',
    replace: 'yields: false',
  },
  {
    file: redirect,
    name: 'A link that somebody else began is taken over the present person.',
    find: 'links.filter((flow) => partsOf(flow)[0] === linkPurpose(person))',
    replace: "links.filter((flow) => partsOf(flow)[0] !== linkPurpose(''))",
  },
  {
    file: redirect,
    name: 'A link is a sign-in of its own.',
    find: 'const links = flows.filter(isLink)',
    replace: 'const links = flows.filter((flow) => isLink(flow) && flow.secret === null)',
  },
  {
    file: redirect,
    name: 'A link that was given up stands in the way of a sign-in.',
    find: 'if (!isUnfit(error)) throw error\n    }\n    try',
    replace: 'throw error\n    }\n    try',
  },
  {
    file: 'src/providers/gotrue/begin-redirect.ts',
    name: 'The address of a link may be a script.',
    find: 'address && /^https?:\\/\\//i.test(address)',
    replace: 'address',
  },
  {
    file: identities,
    name: 'Whom a server without links has signed in by an id token stays so, unheard of.',
    find: '              end(grant.accessToken)\n',
    replace: '',
  },
  {
    file: 'src/providers/gotrue/mfa-webauthn.ts',
    name: 'A security key that was refused keeps its name.',
    find: 'if (error.status || !error.retryable)',
    replace: 'if (!error.retryable)',
  },
  {
    file: identities,
    name: 'A link by an id token does not know the new identity.',
    find: 'return { ...grant, user }',
    replace: 'return user ? grant : grant',
  },
  {
    file: 'src/providers/gotrue/one-person.ts',
    name: 'A passkey is made for whoever is signed in by then.',
    find: 'if (person === id) return',
    replace: 'if (person !== null) return',
  },
  {
    file: webauthn,
    name: 'A page of another site is told that the person has cancelled.',
    find: '/^Security/',
    replace: '/^Insecurity/',
  },
  {
    file: webauthn,
    name: 'The prompt stays when the caller gives up.',
    find: 'bridged(call?.signal, ',
    replace: 'bridged(undefined, ',
  },
]
