const file = 'src/node/response.ts'
const handler = 'src/node/handler.ts'

/** Checks that are gone of what a server of Node answers. */
export const NODE_RESPONSES = [
  {
    file,
    name: 'An answer speaks for the connection.',
    find: 'HOP.includes(name) || ',
    replace: '',
  },
  {
    file,
    name: 'An answer says a length that is none.',
    find: 'lengthOf(answer) === null || ',
    replace: '',
  },
  {
    file,
    name: 'An answer without a body has a length.',
    find: ' || answer.status === 204',
    replace: '',
  },
  {
    file,
    name: 'A body goes on into the next answer.',
    find: "    if (!(sent <= (length ?? Number.POSITIVE_INFINITY))) throw invalid('The body is too long.')\n",
    replace: '',
  },
  {
    file,
    name: 'A body that is too short is waited for.',
    find: "  if (sent < (length ?? 0)) throw invalid('The body is too short.')\n",
    replace: '',
  },
  {
    file,
    name: 'A length without a body is waited for.',
    find: '  if (length) outgoing.destroy()\n  else outgoing.end()\n',
    replace: '  outgoing.end()\n',
  },
  {
    file,
    name: 'An answer to HEAD has a body.',
    find: "method === 'HEAD' || ",
    replace: '',
  },
  {
    file,
    name: 'An answer replaces what others have set of cookies.',
    find: '  putCookies(written, answer.headers.getSetCookie())\n',
    replace:
      "  void putCookies\n  outgoing.setHeader('Set-Cookie', answer.headers.getSetCookie())\n",
  },
  {
    file,
    name: 'Half of an answer is written before it is found to be none.',
    find: '  if (wrong) throw',
    replace: '  if (wrong && outgoing.writableEnded) throw',
  },
  {
    file,
    name: 'A second answer is mixed with the first.',
    find: 'outgoing.headersSent',
    replace: 'outgoing.writableEnded',
  },
  {
    file,
    name: 'An answer whose body is read already is sent without.',
    find: "  if (answer.bodyUsed || answer.body?.locked) throw invalid('The body has been read already.')\n",
    replace: '',
  },
  {
    file,
    name: 'A source goes on for a browser that has gone.',
    find: "  outgoing.once('close', stop)\n",
    replace: '',
  },
  {
    file,
    name: 'A source begins for a browser that has gone.',
    find: 'if (isGone(outgoing)) return body?.cancel()',
    replace: 'if (isGone(outgoing)) return',
  },
  {
    file,
    name: 'An answer is written faster than the browser takes it.',
    find: 'if (!outgoing.write(piece.value)) await drained(outgoing)',
    replace: 'if (!outgoing.write(piece.value)) void drained(outgoing)',
  },
  {
    file,
    name: 'A body that fails seems to be whole.',
    find: '    outgoing.destroy()\n  } finally',
    replace: '    outgoing.end()\n  } finally',
  },
  {
    file,
    name: 'A page that listens does not hear that it is connected.',
    find: 'outgoing.flushHeaders?.()',
    replace: '{}',
  },
  {
    file,
    name: 'The words after the status are said where HTTP/2 has none.',
    find: ' && httpVersionMajor === 1',
    replace: '',
  },
  {
    file: handler,
    name: 'An error is told to whoever asked.',
    find: 'await sendWebResponse(refuse(FAILED), outgoing)',
    replace: 'await sendWebResponse(Response.json(Object(FAILED), { status: 200 }), outgoing)',
  },
  {
    file: handler,
    name: 'An error that nobody hears is not reported.',
    find: '      report(error)\n',
    replace: '      void report\n',
  },
]
