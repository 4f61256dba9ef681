const file = 'src/server/backend/upstreams.ts'
const paths = 'src/server/backend/paths.ts'
const own = 'src/providers/shared/own-path.ts'
const proxy = 'src/server/backend/proxy.ts'
const idle = 'src/server/backend/idle-limit.ts'

/** Checks that are gone of where requests and people are sent. */
export const UPSTREAMS = [
  {
    file: paths,
    name: 'A page to return to may be as long as somebody likes.',
    find: 'text.length > LARGEST || ',
    replace: '',
  },
  {
    file: paths,
    name: 'A page to return to may hold what browsers drop.',
    find: ' || /\\p{Cc}/u.test(text)',
    replace: '',
  },
  {
    file: paths,
    name: 'A page to return to may be on another host.',
    find: 'if (!isOwnPath(end < 0 ? text : text.slice(0, end))) return',
    replace: 'if (end === 0 || !isOwnPath(text.slice(0, 1))) return',
  },
  {
    file: paths,
    name: 'What a segment of a path says after `;` counts.',
    find: "segment.split(';')",
    replace: "segment.split(';;')",
  },
  {
    file: paths,
    name: 'Dots with a blank beside them are no dots.',
    find: "name.replace(/\\s/g, '')",
    replace: 'name',
  },
  {
    file: paths,
    name: 'Three dots with a blank between them are no dots.',
    find: 'dots.length <= 2 || dots.length < name.length',
    replace: 'dots.length <= 2',
  },
  {
    file: paths,
    name: 'Any number of dots leads out of an upstream.',
    find: '(dots.length <= 2 || dots.length < name.length)',
    replace: 'dots.length > 0',
  },
  {
    file: paths,
    name: 'Dots of full width are no dots.',
    find: ".normalize('NFKC')",
    replace: '',
  },
  {
    file: paths,
    name: 'A path may name another host.',
    find: "plain === null || (plain !== '' && leadsAway(plain))",
    replace: 'plain === null',
  },
  {
    file: paths,
    name: 'Dots lead out of an upstream.',
    find: 'plainer === null || `${plain}/${plainer}`.split',
    replace: 'plainer === null || `${plainer.slice(0, 1)}`.split',
  },
  {
    file: paths,
    name: 'Dots lead out that are such only as they are.',
    find: '`${plain}/${plainer}`',
    replace: '`${plainer}`',
  },
  {
    file: paths,
    name: 'Dots lead out that are such only when letters are made plain.',
    find: '`${plain}/${plainer}`',
    replace: '`${plain}`',
  },
  {
    file: own,
    name: 'A path is decoded once.',
    find: 'const ROUNDS = 4',
    replace: 'const ROUNDS = 1',
  },
  {
    file: own,
    name: 'What is no UTF-8 is a path like any other.',
    find: '    decodeURIComponent(text)\n',
    replace: '    void text\n',
  },
  {
    file: own,
    name: 'What is encoded too deep to be read is read as far as it goes.',
    find: '    plain = next\n  }\n  return null\n',
    replace: '    plain = next\n  }\n  return plain\n',
  },
  {
    file: own,
    name: 'Two slashes at the start of a path are the same as one.',
    find: '/^\\/(?![/\\\\])[^\\\\\\p{Cc}]*$/u',
    replace: '/^\\/[^\\\\\\p{Cc}]*$/u',
  },
  {
    file: own,
    name: 'A backslash is a letter like any other.',
    find: '/^\\/(?![/\\\\])[^\\\\\\p{Cc}]*$/u',
    replace: '/^\\/(?![/\\\\])[^\\p{Cc}]*$/u',
  },
  {
    file: own,
    name: 'What browsers drop is a letter like any other.',
    find: '[^\\\\\\p{Cc}]*$/u',
    replace: '[^\\\\]*$/su',
  },
  {
    file: own,
    name: 'A path that leads away when it is decoded is one of ours.',
    find: 'plain === null || leadsAway(plain)',
    replace: 'plain === null',
  },
  {
    file: own,
    name: 'Dots are resolved before a path is decoded, and not after it.',
    find: "[path, plain.replace(/[?#%]/g, '_')]",
    replace: '[path]',
  },
  {
    file: own,
    name: 'Dots are resolved after a path is decoded, and not before it.',
    find: "[path, plain.replace(/[?#%]/g, '_')]",
    replace: "[plain.replace(/[?#%]/g, '_')]",
  },
  {
    file: own,
    name: 'What looks like a query once it is decoded hides what comes after it.',
    find: "plain.replace(/[?#%]/g, '_')",
    replace: 'plain',
  },
  {
    file: own,
    name: 'Where a path leads once its dots are resolved is not looked at.',
    find: ' && !leadsAway(pathname)',
    replace: '',
  },
  {
    file,
    name: 'The name of an upstream may hold more than one segment.',
    find: '!NAME.test(name) || ',
    replace: '',
  },
  {
    file,
    name: 'An upstream may have no time limit.',
    find: '!(requestTimeout > 0) || ',
    replace: '',
  },
  {
    file,
    name: 'The bodies of an upstream may have no time limit.',
    find: ' || !(idleTimeout > 0)',
    replace: '',
  },
  {
    file,
    name: 'The token goes to an upstream by plain http.',
    find: 'checkUrl(String(target), upstream.dangerouslyAllowInsecureHttp)',
    replace: 'checkUrl(String(target), true)',
  },
  {
    file,
    name: 'The token follows a redirect of the upstream.',
    find: "redirect: 'manual'",
    replace: "redirect: 'follow'",
  },
  {
    file,
    name: 'A redirect that the platform hides is passed on as an answer.',
    find: '        if (response.status === 0) return fail(response.type, false)\n',
    replace: '',
  },
  {
    file,
    name: 'The log of an outage holds the request, and the token with it.',
    find: "const kind = error instanceof Error ? error.name : 'unknown'",
    replace: 'const kind = String(error)',
  },
  {
    file,
    name: 'A request goes on when nobody waits for it any more.',
    find: "      request.signal.addEventListener('abort', abort, { once: true })\n",
    replace: '',
  },
  {
    file,
    name: 'A request is sent that nobody waits for any more.',
    find: '      if (request.signal.aborted) abort()\n',
    replace: '',
  },
  {
    file,
    name: 'A body of a page that does not go on is waited for.',
    find: 'body instanceof ReadableStream ? withIdleLimit(body, limits) : body',
    replace: 'body',
  },
  {
    file: proxy,
    name: 'A body longer than it said is kept whole.',
    find: 'readAll(body, REPLAYABLE)',
    replace: 'readAll(body, Number.POSITIVE_INFINITY)',
  },
  {
    file: proxy,
    name: 'A body of any length is kept for a second attempt.',
    find: '/^\\d+$/.test(length) && Number(length) <= REPLAYABLE',
    replace: '/^\\d+$/.test(length)',
  },
  {
    file: proxy,
    name: 'A request is sent once more although there is no other token.',
    find: ' || next.session.accessToken === session.accessToken',
    replace: '',
  },
  {
    file: proxy,
    name: 'A body of an upstream that does not go on is waited for.',
    find: 'body && withIdleLimit(body, { limit: route.idleTimeout })',
    replace: 'body',
  },
  {
    file: idle,
    name: 'The next piece of a body is waited for without end.',
    find: 'await withinTime(limit, () => reader.read())',
    replace: 'await reader.read()',
  },
  {
    file: idle,
    name: 'Whoever writes a body that nobody reads on does not learn of it.',
    find: '          reader.cancel(error).catch(() => {})\n',
    replace: '',
  },
  {
    file: idle,
    name: 'A piece of a body is asked for before somebody wants it.',
    find: '    { highWaterMark: 0 },\n',
    replace: '    { highWaterMark: 1 },\n',
  },
]
