const file = 'src/core/error-note.ts'

/** Bugs in what storage says of an error. */
export const ERROR_NOTE = [
  {
    file,
    name: 'A token that a server’s message repeats lies in storage.',
    find: 'message: clean(message),\n',
    replace: 'message,\n',
  },
  {
    file,
    name: 'A token that a server’s code repeats lies in storage.',
    find: 'serverCode: serverCode && clean(serverCode)',
    replace: 'serverCode',
  },
  {
    file,
    name: 'A page that a gateway sent is kept whole.',
    find: ".replace(/\\S{24,}/g, '…').slice(0, LONGEST)",
    replace: ".replace(/\\S{24,}/g, '…')",
    edits: [
      [
        '/** How much of a text is kept: messages of servers can be pages. */\nconst LONGEST = 200\n',
        '',
      ],
    ],
  },
  {
    file,
    name: 'A code that only a later release knows makes its failure unheard.',
    find: "isAuthErrorCode(code) ? code : 'network'",
    replace: "isAuthErrorCode(code) ? code : 'refresh_rejected'",
  },
  {
    file,
    name: 'The wait that the server asked for is not told to the other contexts.',
    find: ' && { retryAfter }',
    replace: ' && { retryAfter: 0 }',
  },
  {
    file,
    name: 'A wait below nothing is believed.',
    find: ' && retryAfter >= 0',
    replace: '',
  },
  {
    file,
    name: 'The server’s code is not told to the other contexts.',
    find: '...(isText(serverCode) && { serverCode: clean(serverCode) })',
    replace: '...(serverCode === null && { serverCode: undefined })',
  },
  {
    file,
    name: 'The status is not told to the other contexts.',
    find: "typeof status === 'number' && { status }",
    replace: "typeof status === 'string' && {}",
  },
]
