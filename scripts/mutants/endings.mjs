const statements = 'src/server/endings/statements.ts'
const logout = 'src/server/endings/logout-token.ts'
const backChannel = 'src/server/endings/back-channel-logout.ts'
const revocation = 'src/server/endings/global-revocation.ts'
const calls = 'src/server/endings/server-call.ts'
const shared = 'src/server/sealed/shared-ends.ts'
const names = 'src/server/sealed/end-names.ts'
const watch = 'src/server/sealed/session-watch.ts'
const streams = 'src/server/endings/event-streams.ts'
const listing = 'src/server/sealed/listing.ts'

/** Checks that are gone of what ends sessions from elsewhere. */
export const ENDINGS = [
  {
    file: statements,
    name: 'A statement of another type is taken.',
    find: "!['jwt', type].includes(named.replace(/^application\\//, ''))",
    replace: 'named === type.toUpperCase()',
  },
  {
    file: statements,
    name: 'A statement of another issuer costs a look at the keys.',
    find: "if (!isIssuer(iss, issuer)) throw refused('it is of another issuer')",
    replace: '',
  },
  {
    file: statements,
    name: 'A statement for another app is taken.',
    find: '      audience,\n      maxTokenAge',
    replace: '      maxTokenAge',
  },
  {
    file: statements,
    name: 'A statement whose id is empty is taken.',
    find: "if (!id) throw refused('it has no id')",
    replace: "if (id === undefined) throw refused('it has no id')",
  },
  {
    file: statements,
    name: 'A statement that lives for a day is taken.',
    find: "if (exp - iat > LONGEST) throw refused('it lives too long')",
    replace: '',
  },
  {
    file: statements,
    name: 'A statement from the future is taken.',
    find: '      maxTokenAge: LONGEST,\n',
    replace: '',
  },
  {
    file: logout,
    name: 'A token that tells of no logout ends a session.',
    find: "if (!asObject(asObject(claims.events)?.[EVENT])) throw refused('it tells of no logout')",
    replace: '',
  },
  {
    file: logout,
    name: 'A token with a nonce ends a session.',
    find: "if ('nonce' in claims) throw refused('it has a nonce')",
    replace: '',
  },
  {
    file: logout,
    name: 'A token whose session is no text ends all of the person.',
    find: 'if (claims[name] !== undefined && !text(claims[name])) throw',
    replace: 'if (claims[name] === claims) throw',
  },
  {
    file: logout,
    name: 'A token with a session ends all of the person.',
    find: '  if (serverSessionId) return { serverSessionId }\n',
    replace: '',
  },
  {
    file: backChannel,
    name: 'A logout token does again.',
    find: 'await sessions.endSessions(which, { once })',
    replace: '(once && (await sessions.endSessions(which)))',
  },
  {
    file: backChannel,
    name: 'Of several logout tokens the first counts.',
    find: 'return token && more === undefined ? token : null',
    replace: 'return token && more !== null ? token : null',
  },
  {
    file: revocation,
    name: 'An assertion does again.',
    find: '      { once },\n',
    replace: '      { once: once.within > 0 ? undefined : once },\n',
  },
  {
    file: revocation,
    name: 'An assertion does again for each other person.',
    find: '{ key: `revoke ${id}`, within: life }',
    replace: '{ key: `revoke ${id} ${users.join()}`, within: life }',
  },
  {
    file: revocation,
    name: 'Whoever speaks for one issuer ends sessions of the people of another.',
    find: "subject.format === 'iss_sub' && subject.iss === issuer",
    replace: "subject.format === 'iss_sub' && issuer",
  },
  {
    file: revocation,
    name: 'Sessions are ended without an assertion.',
    find: 'const { id, life } = await check(token)',
    replace: "const { id, life } = await check(token).catch(() => ({ id: 'none', life: 1 }))",
  },
  {
    file: calls,
    name: 'Megabytes are read.',
    find: 'readAll(request.body, LARGEST, IDLE)',
    replace: 'readAll(request.body, LARGEST * 1000, IDLE)',
  },
  {
    file: 'src/server/shared/crowd.ts',
    name: 'A crowd is let in.',
    find: 'if (under >= most)',
    replace: 'if (under < 0)',
  },
  {
    file: 'src/server/shared/crowd.ts',
    name: 'Whoever has come in never leaves.',
    find: '      under -= 1\n',
    replace: '',
  },
  {
    file: calls,
    name: 'A body of another type is read.',
    find: 'if (typeOf(request) !== mediaType)',
    replace: 'if (typeOf(request) === mediaType.toUpperCase())',
  },
  {
    file: calls,
    name: 'Nobody hears that sessions could not be ended.',
    find: '    tell(report, error)\n',
    replace: '    void report\n',
  },
  {
    file: shared,
    name: 'A session that begins after an end of all is over.',
    find: '!(seenEnd !== undefined && seenEnd >= at) && ',
    replace: '!(seenEnd !== undefined && seenEnd < at) && ',
  },
  {
    file: shared,
    name: 'A session of a server whose clock is ahead outlives an end of all.',
    find: '!(began > at + CLOCKS_APART)',
    replace: '!(began > at)',
  },
  {
    file: shared,
    name: 'An end that other processes do not hear of counts as done.',
    find: 'everywhere: true }',
    replace: 'everywhere: false }',
  },
  {
    file: shared,
    name: 'An end is forgotten before the cookies are.',
    find: 'tombstoneLife(LONGEST_COOKIE_LIFE)',
    replace: 'tombstoneLife(LONGEST_COOKIE_LIFE / 400)',
  },
  {
    file: shared,
    name: 'An end by what the server calls a session reaches none.',
    find: 'if (provider.sharesSessionIds !== true) return',
    replace: 'if (provider.sharesSessionIds) return',
  },
  {
    file: shared,
    name: 'A word of one server ends a session of another that has this id.',
    find: 'sessionId === undefined ? [shared] : [sessionName(id), shared]',
    replace: '[sessionName(id), shared]',
  },
  {
    file: names,
    name: 'An id that a server chooses is the name of something else.',
    find: 'RESERVED.test(id) ? ',
    replace: 'RESERVED.test(id) && !id ? ',
  },
  {
    file: names,
    name: 'An id that a server chooses is the name of a person elsewhere.',
    find: '(session|person)',
    replace: '(session)',
  },
  {
    file: names,
    name: 'An id that a server chooses is the name of a session elsewhere.',
    find: '(session|person)',
    replace: '(person)',
  },
  {
    file: names,
    name: 'An id that a server chooses marks a session as bound.',
    find: '|bound:|',
    replace: '|',
  },
  {
    file: names,
    name: 'An id that a server chooses marks a session as replaced.',
    find: '|replaced:)',
    replace: ')',
  },
  {
    file: shared,
    name: 'All that is to be done once shares one key.',
    find: "fingerprint('end once', provider.id, once.key)",
    replace: "fingerprint('end once', provider.id)",
  },
  {
    file: shared,
    name: 'What failed counts as done once.',
    find: '        await endAll(all)\n        isDone = true\n',
    replace: '        isDone = true\n        await endAll(all).catch(() => {})\n',
  },
  {
    file: names,
    name: 'The server may not call a person otherwise than the app does.',
    find: 'provider.namesOf?.(toSession(opened)).userId ?? id]',
    replace: 'id]',
  },
  {
    file: 'src/server/sealed/ended-sessions.ts',
    name: 'A session that was ended together with others lives.',
    find: 'return own || replaced || isShared',
    replace: 'return own || replaced',
  },
  {
    file: 'src/server/sealed/ended-sessions.ts',
    name: 'The server is told of a session that it shares with others.',
    find: '(isShared && !shares)',
    replace: 'isShared',
  },
  {
    file: watch,
    name: 'An end from before somebody watched is not told of.',
    find: '    await look(opened)\n',
    replace: '',
  },
  {
    file: watch,
    name: 'Whoever watches is told of ends that are not theirs.',
    find: 'if (isDone || !(await ended.isOver(session)) || isDone) return',
    replace: 'if (isDone || (await ended.isOver(session)) === null) return',
  },
  {
    file: streams,
    name: 'A stream that nobody reads stays open.',
    find: 'if ((controller.desiredSize ?? 0) <= 0) abort()',
    replace: 'if (controller.desiredSize === null) abort()',
  },
  {
    file: streams,
    name: 'A session may open as many streams as it likes.',
    find: "return (counts.get(session) ?? 0) >= perSession ? 'session' : null",
    replace: 'return perSession < 0 && session ? null : null',
  },
  {
    file: streams,
    name: 'A process opens as many streams as are wanted.',
    find: "if (all >= total) return 'total'",
    replace: 'if (all < 0 && total) return null',
  },
  {
    file: streams,
    name: 'A stream that has ended makes no room.',
    find: '      count.remove(session)\n',
    replace: '',
  },
  {
    file: streams,
    name: 'A stream goes on after the session.',
    find: "          say(eventOf('ended', session))\n          controller.close()\n",
    replace: "          say(eventOf('ended', session))\n",
  },
  {
    file: streams,
    name: 'A stream about another session says nothing of it.',
    find: 'const isOther = lastEventId !== null && lastEventId !== session',
    replace: 'const isOther = lastEventId === null && lastEventId === session',
  },
  {
    file: 'src/server/backend/event-route.ts',
    name: 'A stream keeps a session alive that nobody uses.',
    find: "{ refresh: 'never', request }",
    replace: '{ request }',
  },
  {
    file: 'src/server/backend/front-channel-route.ts',
    name: 'A frame ends a session that it does not name.',
    find: 'holds?.serverSessionId !== sid',
    replace: '!holds',
  },
  {
    file: 'src/server/backend/front-channel-route.ts',
    name: 'A frame of another server ends sessions.',
    find: 'if (!isIssuer(iss, issuer) || !sid)',
    replace: 'if (!sid)',
  },
  {
    file: 'src/server/backend/front-channel-route.ts',
    name: 'A frame of one tenant ends the session of another.',
    find: 'sid || isOther',
    replace: 'sid',
  },
  {
    file: listing,
    name: 'A list shows what was ended.',
    find: '.filter((_, index) => !over[index])',
    replace: '.filter((_, index) => over[index] !== null)',
  },
  {
    file: listing,
    name: 'Every request notes its session in the list.',
    find: '      known.set(name, true, now() + STEP)\n',
    replace: '',
  },
  {
    file: 'src/server/requests/request-sessions.ts',
    name: 'Somebody ends a session of another person.',
    find: 'if (own) await sessions.endSessions({ sessionId })',
    replace: 'await sessions.endSessions({ sessionId })',
  },
  {
    file: 'src/server/sealed/session-endings.ts',
    name: 'Whoever was ended sees the list.',
    find: "if ('reason' in opened || (await ended.isOver(opened))) return []",
    replace: "if ('reason' in opened) return []",
  },
  {
    file: 'src/server/coordination/redis.ts',
    name: 'Processes hear of an end before it is there to be looked up.',
    find: '      const reply = await link.call(command, { urgent: true, afterwards: command })\n',
    replace:
      '      const sent = link.call(command, { urgent: true, afterwards: command })\n      await link.call(commands.tell(tombstone))\n      const reply = await sent\n',
  },
  {
    file: 'src/server/coordination/redis.ts',
    name: 'An end that is to count everywhere fails in silence.',
    find: 'if (!reply && options?.everywhere) throw untold()',
    replace: 'void untold',
  },
  {
    file: 'src/server/coordination/redis-feed.ts',
    name: 'What is no id of the feed stops it.',
    find: 'index % 2 === 0 && ID.test(id)',
    replace: 'index % 2 === 0',
  },
  {
    file: 'src/server/coordination/redis-feed.ts',
    name: 'A process goes on asking when nobody waits.',
    find: 'if (watches.isIdle()) {',
    replace: 'if (watches.isIdle() && last === null) {',
  },
  {
    file: 'src/server/coordination/tombstone-map.ts',
    name: 'An end by a clock that was set back is older than the one before it.',
    find: 'Math.max(now(), (endedAt(name) ?? Number.NEGATIVE_INFINITY) + 1)',
    replace: 'now()',
  },
  {
    file: 'src/server/endings/event-streams.ts',
    name: 'A stream ends twice, and makes room for one more than there may be.',
    find: '      if (isOver) return\n      isOver = true\n',
    replace: '      isOver = true\n',
  },
  {
    file: 'src/server/endings/event-streams.ts',
    name: 'A stream whose page left before it began takes its room for good.',
    find: '      if (request.signal.aborted) abort()\n',
    replace: '',
  },
  {
    file: 'src/server/endings/server-call.ts',
    name: 'A request by any method ends sessions.',
    find: "if (request.method !== 'POST') {",
    replace: "if (request.method === 'GET') {",
  },
]
