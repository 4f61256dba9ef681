const address = 'src/node/address.ts'
const request = 'src/node/request.ts'
const body = 'src/node/body.ts'

/** Checks that are gone of what a server of Node is asked for. */
export const NODE_REQUESTS = [
  {
    file: address,
    name: 'The header `Host` ends where it likes.',
    find: ' && AUTHORITY.test(host)',
    replace: '',
  },
  {
    file: address,
    name: 'The header of a proxy names any scheme.',
    find: '/^https?$/i.test(protocol) && ',
    replace: '',
  },
  {
    file: address,
    name: 'A path that does not begin with a slash is joined to the host.',
    find: "!page.startsWith('/') || ",
    replace: '',
  },
  {
    file: address,
    name: 'A path that parsing would change is answered.',
    find: 'CHANGED.test(page) || ',
    replace: '',
  },
  {
    file: address,
    name: 'Dots that are percent-encoded are answered.',
    find: '(?:\\.|%2[eE]){1,2}',
    replace: '(?:\\.){1,2}',
  },
  {
    file: address,
    name: 'A fragment in a path is answered.',
    find: ' || DROPPED.test(path)',
    replace: '',
  },
  {
    file: address,
    name: 'An address that cannot be read breaks the app.',
    find: ' || !URL.canParse(origin + path)',
    replace: '',
  },
  {
    file: address,
    name: 'A request to a proxy chooses its host.',
    find: "return path.replace(/^https?:\\/\\/[^/?#]*/i, '')",
    replace: 'return path',
  },
  {
    file: address,
    name: 'A request that names two hosts is on the first.',
    find: 'named.length < 2 && ',
    replace: '',
  },
  {
    file: address,
    name: 'A request of HTTP/2 that names two hosts is on one of them.',
    find: ' && known.size === 1',
    replace: '',
  },
  {
    file: address,
    name: 'Anybody says where a proxy was asked.',
    find: 'options.trustProxy === true',
    replace: 'options.trustProxy !== undefined',
  },
  {
    file: address,
    name: 'Of several proxies the farthest is believed, which anybody can be.',
    find: '.at(-1)',
    replace: '.at(0)',
  },
  {
    file: address,
    name: 'A list of proxies to trust trusts all of them.',
    find: "if (typeof trustProxy === 'boolean') return",
    replace: 'if (trustProxy !== undefined) return',
  },
  {
    file: address,
    name: 'An origin with a path is joined to the path.',
    find: 'if (origin !== undefined) checkOrigin(origin)',
    replace: 'void checkOrigin',
  },
  {
    file: address,
    name: 'Bytes that nobody has encoded are read as Latin 1.',
    find: 'encodeBytes(pathOf(request))',
    replace: 'pathOf(request)',
  },
  {
    file: address,
    name: 'A connection that is encrypted is taken for one that is not.',
    find: "request.socket?.encrypted ? 'https' : 'http'",
    replace: "request.socket?.destroyed ? 'https' : 'http'",
  },
  {
    file: request,
    name: 'A method that the web does not know breaks the app.',
    find: '(?!(?:CONNECT|TRACE|TRACK)$)',
    replace: '',
  },
  {
    file: request,
    name: 'Headers of HTTP/2 are passed on as such.',
    find: "value === undefined || name.startsWith(':')",
    replace: 'value === undefined',
  },
  {
    file: request,
    name: 'A request whose body ends in two places is answered.',
    find: ' || isAmbiguous(request)',
    replace: '',
  },
  {
    file: request,
    name: 'A body is read as one that it is packed in.',
    find: ' || !/^chunked$/i.test([coding].flat().join())',
    replace: '',
  },
  {
    file: request,
    name: 'A body of HTTP/2 without a length is lost.',
    find: 'stream?.endAfterHeaders === false',
    replace: 'false',
  },
  {
    file: request,
    name: 'What a parser has unpacked is said to be packed.',
    find: '  if (sends && request.readableEnded) unpack(headers)\n',
    replace: '  void unpack\n',
  },
  {
    file: request,
    name: 'The signal of a request aborts when it has been answered.',
    find: 'if (!response.writableEnded || !response.writableFinished) gone.abort()',
    replace: 'gone.abort()',
  },
  {
    file: request,
    name: 'The signal of a request of HTTP/2 does not abort.',
    find: '!response.writableEnded || ',
    replace: '',
  },
  {
    file: body,
    name: 'A body that a parser has taken is passed on empty.',
    find: "  throw new AuthError('invalid_argument', TAKEN)\n",
    replace: "  void TAKEN\n  return encode('')\n",
  },
  {
    file: body,
    name: 'JSON that a parser keeps elsewhere is passed on empty.',
    find: 'json && body !== undefined',
    replace: 'json',
  },
  {
    file: body,
    name: 'What somebody else has left of a body is taken for all of it.',
    find: 'request.readableDidRead',
    replace: 'request.readableDidRead === undefined',
  },
  {
    file: body,
    name: 'Half a body of HTTP/2 is taken for all of it.',
    find: 'if (request.stream) setTimeout(settle, 0)\n    else settle()',
    replace: 'settle()',
  },
  {
    file: body,
    name: 'A body whose browser was gone before is waited for.',
    find: 'request.destroyed',
    replace: 'request.destroyed === undefined',
  },
  {
    file: body,
    name: 'A browser is not held back.',
    find: '    request.pause()\n',
    replace: '',
  },
  {
    file: body,
    name: 'What is left of a body that nobody wants blocks the connection.',
    find: '        // Destroying it would close the connection that the answer goes out by.\n        request.resume()\n',
    replace: '',
  },
]
