const recent = 'src/server/requests/recent-auth.ts'
const facts = 'src/server/sealed/session-facts.ts'
const signIns = 'src/server/workos/sign-ins.ts'
const steps = 'src/server/workos/steps.ts'
const cookies = 'src/server/workos/authkit-cookies.ts'
const exposed = 'src/bindings/exposed.ts'

/** Checks that are gone of what comes with WorkOS on servers, and of what its people see. */
export const AUTHKIT = [
  {
    file: recent,
    name: 'Who impersonates somebody has proved to be that person.',
    find: 'if (authenticatedAt === undefined || impersonator) return false',
    replace: 'if (authenticatedAt === undefined) return false',
  },
  {
    file: recent,
    name: 'A date that is far ahead is a recent proof.',
    find: 'return age <= maxAge && age >= -CLOCKS_APART',
    replace: 'return age <= maxAge',
  },
  {
    file: facts,
    name: 'A refresh proves who somebody is.',
    find: 'method === REFRESH ? [] : (positive(timestamp) ?? [])',
    replace: 'positive(timestamp) ?? []',
  },
  {
    file: facts,
    name: 'Pages see claims that the server does not name.',
    find: 'names.filter((name) => Object.hasOwn(claims, name))',
    replace: 'Object.keys(claims)',
  },
  {
    file: signIns,
    name: 'The id of a factor leads to another address of the API.',
    find: 'if (text(id)) return encodeURIComponent(String(id))',
    replace: 'if (text(id)) return String(id)',
  },
  {
    file: steps,
    name: 'A device that waits is refused for good.',
    find: "return new AuthError('rejected', message, { ...known, retryable: true })",
    replace: 'return error',
  },
  {
    file: cookies,
    name: 'What was sealed as something else is taken over as a session.',
    find: 'if (text !== null && parseSealedData(text)) return { sealed }',
    replace: 'if (text !== null) return { sealed }',
  },
  {
    file: exposed,
    name: 'The name of a token passes for one.',
    find: 'if (error) throw error',
    replace: 'if (error?.retryable) throw error',
  },
]
