const folder = 'src/server/supertokens'
const given = `${folder}/arguments.ts`
const payloads = `${folder}/payloads.ts`
const check = `${folder}/claims/check-claims.ts`
const timed = `${folder}/claims/timed-claim.ts`
const mfa = `${folder}/claims/mfa-claim.ts`
const object = `${folder}/web/session-object.ts`
const routes = `${folder}/web/routes.ts`
const sessions = `${folder}/web/sessions.ts`
const choice = `${folder}/web/session-claims.ts`
const rendering = `${folder}/web/rendering.ts`
const cors = `${folder}/web/cors.ts`
const settings = `${folder}/web/settings.ts`
const nextHandlers = 'src/next/supertokens/handlers.ts'
const nextProxy = 'src/next/supertokens/proxy.ts'
const nextWorld = 'src/next/supertokens/world.ts'

/** Checks that are gone of what guards the claims of SuperTokens' sessions. */
export const SUPERTOKENS_CLAIMS = [
  {
    file: given,
    name: 'A payload may hold what JSON writes otherwise.',
    find: '(known || Number.isFinite(value))',
    replace: "(known || typeof value === 'number')",
  },
  {
    file: given,
    name: 'A payload may hold a key that becomes the prototype of others.',
    find: "name !== '__proto__' && !isLost",
    replace: '!isLost',
  },
  {
    file: given,
    name: 'A date that is none takes a field away.',
    find: 'value === null && Reflect.get(Object(this), name) !== null',
    replace: 'value === null && Reflect.get(Object(this), name) === undefined',
  },
  {
    file: given,
    name: 'A payload may be of any depth.',
    find: '(levels === 0 || Object',
    replace: '(Object',
  },
  {
    file: payloads,
    name: 'Two changes at once know nothing of each other.',
    find: 'const turn = before.then(work, work)',
    replace: 'const turn = work()',
  },
  {
    file: payloads,
    name: 'A payload grows beyond what a cookie holds.',
    find: "    checkRoom({ name: 'The access token', most: longestToken }, longestAccessToken(draft))\n",
    replace: '    void [checkRoom, longestToken, longestAccessToken(draft)]\n',
  },
  {
    file: payloads,
    name: 'A change of the payload brings a session back that somebody has signed out of.',
    find: 'if (!(await tombstones.has(handle))) return regenerated',
    replace: 'if (regenerated) return regenerated',
  },
  {
    file: payloads,
    name: 'Null is a value like others.',
    find: 'update[name] !== null',
    replace: 'true',
  },
  {
    file: check,
    name: 'A validator that says nothing lets everybody in.',
    find: 'if (isValid === true) return null',
    replace: 'if (isValid !== false) return null',
  },
  {
    file: check,
    name: 'Whatever a route gives for validators is asked.',
    find: 'Array.isArray(value) && value.every(isValidator)',
    replace: 'Array.isArray(value)',
  },
  {
    file: check,
    name: 'A claim is fetched at every request.',
    find: '(await validator.shouldRefetch(known(), now())) !== true',
    replace: '(await validator.shouldRefetch(known(), now())) === undefined',
  },
  {
    file: timed,
    name: 'A claim may take the place of what only the core may say.',
    find: 'PROTECTED_CLAIMS.includes(key)',
    replace: 'PROTECTED_CLAIMS.slice(1).includes(key)',
  },
  {
    file: timed,
    name: 'A value of which nobody knows how old it is counts as new.',
    find: '(age === undefined || age > maxAgeInSeconds)',
    replace: 'age !== undefined && age > maxAgeInSeconds',
  },
  {
    file: mfa,
    name: 'Factors that every object has are completed.',
    find: '!Object.hasOwn(c, factor)',
    replace: '!(factor in c)',
  },
  {
    file: object,
    name: 'Whoever lacks something may pass.',
    find: '      if (errors.length > 0) throw new InvalidClaimsError(errors)\n',
    replace: '      void [InvalidClaimsError, errors]\n',
  },
  {
    file: object,
    name: 'A session that is over passes by what was fetched for it.',
    find: "!isSuperTokensError(error, 'GENERAL_ERROR') || !error.retryable",
    replace: '!isSuperTokensError(error)',
  },
  {
    file: sessions,
    name: 'No route asks what every session must meet.',
    find: '  if (validators.length > 0) await found.assertClaims(validators)\n',
    replace: '  void validators\n',
  },
  {
    file: routes,
    name: 'Whoever lacks something cannot sign out.',
    find: ', { overrideGlobalClaimValidators: () => [] }',
    replace: '',
  },
  {
    file: choice,
    name: 'What a route asks is asked besides nothing.',
    find: 'if (!override) return globalClaimValidators',
    replace: 'if (!override) return []',
  },
  {
    file: rendering,
    name: 'A page is rendered for whoever lacks something.',
    find: 'return errors.length === 0',
    replace: 'return errors.length >= 0',
  },
  {
    file: rendering,
    name: 'Rendering a page gives a token that nobody gets.',
    find: 'doAntiCsrfCheck: false, readOnly: true',
    replace: 'doAntiCsrfCheck: false',
  },
  {
    file: cors,
    name: 'A page of any origin may read what is told to somebody.',
    find: 'if (origin === null || !origins.has(origin)) return false',
    replace: 'if (origin === null) return false',
  },
  {
    file: cors,
    name: 'An answer for one origin is kept for another.',
    find: '    varyByOrigin(answer)\n',
    replace: '',
  },
  {
    file: cors,
    name: 'Every name of a header may be allowed at once.',
    find: '(?!\\*$)',
    replace: '',
  },
  {
    file: settings,
    name: 'An app that does not say how tokens are carried has them carried anyhow.',
    find: "return isTransfer(chosen) ? chosen : reject('`transfer` says any, cookie or header.')",
    replace: "return isTransfer(chosen) ? chosen : 'any'",
  },
  {
    file: settings,
    name: 'What somebody gets by the handle is as large as no cookie holds.',
    find: "transfer === 'header' ? LONGEST_ACCESS_TOKEN : roomFor('cookie')",
    replace: 'LONGEST_ACCESS_TOKEN',
  },
  {
    file: nextHandlers,
    name: 'A refresh on the way begins ahead of a click.',
    find: '      return problem ? refuse(problem) : refreshOnTheWay(here, request)',
    replace: '      return problem && refuse && refreshOnTheWay(here, request)',
  },
  {
    file: nextHandlers,
    name: 'There is no end of redirects where clocks differ.',
    find: 'if (!(await comesBack(sessions, session.getAccessToken()))) {',
    replace: 'if (session || comesBack) {',
  },
  {
    file: nextHandlers,
    name: 'An outage on the way sends somebody to the sign-in.',
    find: "if (error.type === 'UNAUTHORISED' || error.type === 'TOKEN_THEFT_DETECTED') {",
    replace: "if (error.type !== 'TRY_REFRESH_TOKEN') {",
  },
  {
    file: nextWorld,
    name: 'A link leads out of the app by way of a refresh.',
    find: 'backTo: (returnTo) => origin + safeReturnTo(returnTo),',
    replace: "backTo: (returnTo) => origin + (returnTo ?? '/'),",
  },
  {
    file: nextProxy,
    name: 'A protected page is shown while nobody can tell whose request it is.',
    find: "if ('failure' in reason) return showPatience()",
    replace: "if ('failure' in reason) return new Response(null)",
  },
  {
    file: nextProxy,
    name: 'A protected page is shown to whoever lacks something.',
    find: "if (found.status === 'signed-in') return keep(request, goOn(request))",
    replace: "if ('session' in found) return keep(request, goOn(request))",
  },
  {
    file: nextProxy,
    name: 'The page of one person is kept for others.',
    find: 'keepPrivate(headers)\n',
    replace: 'void keepPrivate\n',
  },
]
