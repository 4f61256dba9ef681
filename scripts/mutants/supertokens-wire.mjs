const folder = 'src/server/supertokens'
const versions = `${folder}/versions.ts`
const calls = `${folder}/core-calls.ts`
const waits = `${folder}/core-waits.ts`
const link = `${folder}/core-link.ts`
const answers = 'src/providers/supertokens/api-answers.ts'

/** Checks that are gone of how a core of SuperTokens is spoken to, and a page to its API. */
export const SUPERTOKENS_WIRE = [
  {
    file: versions,
    name: 'The newest version of a core is spoken, whatever the app asks for.',
    find: 'VERSIONS.slice(0, VERSIONS.indexOf(most) + 1)',
    replace: '[...VERSIONS]',
  },
  {
    file: versions,
    name: 'A core that rotates otherwise than the app asks for is spoken to.',
    find: 'return alike ? newest : undefined',
    replace: 'return alike ? newest : newest',
  },
  {
    file: calls,
    name: 'The name of a tenant leads to another app.',
    find: '(?!appid-)',
    replace: '',
  },
  {
    file: calls,
    name: 'The name of a tenant is any path.',
    find: ' || !TENANT.test(tenantId)',
    replace: '',
  },
  {
    file: calls,
    name: 'A tenant is asked for where the core knows none.',
    find: "  need(talk, 'tenants', 'Tenants exist')\n",
    replace: '',
  },
  {
    file: calls,
    name: 'A session that is over is good to a check of the database before 2.21.',
    find: "question.checkDatabase && !can(version, 'jwt')",
    replace: "!question.checkDatabase && !can(version, 'jwt')",
  },
  {
    file: calls,
    name: 'At 5.6 a check of the database does not tell of a role that was taken.',
    find: 'answer.payloadUpdateAvailable === true',
    replace: 'answer.payloadUpdateAvailable === null',
  },
  {
    file: 'src/server/supertokens/payloads.ts',
    name: 'The token of one session changes another.',
    find: 'if (session.handle === handle) return next?.token ?? accessToken',
    replace: 'if (session.handle === handle || handle !== "") return next?.token ?? accessToken',
  },
  {
    file: 'src/server/supertokens/payloads.ts',
    name: 'A token that is no longer good is laid before the core.',
    find: "if (isSuperTokensError(error, 'TRY_REFRESH_TOKEN')) return undefined",
    replace: "if (isSuperTokensError(error, 'TRY_REFRESH_TOKEN')) return accessToken",
  },
  {
    file: 'src/server/supertokens/verification.ts',
    name: 'A core that leaves the kind of key as it is makes everybody refresh without end.',
    find: '!isLately(ignoredAt, LIFE, now()) && ',
    replace: '',
  },
  {
    file: waits,
    name: 'A core that says when to come again is asked before.',
    find: ' &&\n  error.retryAfter === undefined',
    replace: '',
  },
  {
    file: waits,
    name: 'A core that refuses for a moment is waited for longer than there is time.',
    find: ' || left() <= ms',
    replace: '',
  },
  {
    file: link,
    name: 'A core that refuses for a moment gets two requests for each.',
    find: 'if (!isForNow(failure)) host.forget()',
    replace: 'host.forget()',
  },
  {
    file: answers,
    name: 'A page learns the payload of somebody else.',
    find: 'isNews && front.names.includes(name)',
    replace: 'isNews && name',
  },
  {
    file: answers,
    name: 'A page asks for a step that nobody has named.',
    find: 'failed.every(({ id }) => id)',
    replace: 'failed.length > 0',
  },
  {
    file: answers,
    name: 'The reasons of failed claims nest without end.',
    find: ' || !isShallow(list)',
    replace: '',
  },
  {
    file: answers,
    name: 'Pages hear of each token that replaces another in a cookie.',
    find: '(!cookie && grant.accessToken !== accessToken)',
    replace: 'grant.accessToken !== accessToken',
  },
  {
    file: 'src/fetch.ts',
    name: 'What another origin says after a redirect counts.',
    find: 'origins.includes(new URL(response.url, url).origin)',
    replace: 'response.url !== null',
  },
  {
    file: 'src/server/verification/key-set.ts',
    name: 'Keys are used for longer than the app says.',
    find: 'within(loadedAt, interval)',
    replace: 'within(loadedAt, INTERVAL)',
  },
]
