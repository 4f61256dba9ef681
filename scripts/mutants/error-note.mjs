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
    find: 'serverCode: serverCode && word(serverCode)',
    replace: 'serverCode',
  },
  {
    file,
    name: 'A page that a gateway sent is kept whole.',
    find: ".replace(TOKEN, '…').slice(0, LONGEST)",
    replace: ".replace(TOKEN, '…').slice(0, LONGEST ** 2)",
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
    find: '...(isText(serverCode) && { serverCode: word(serverCode) })',
    replace: '...(serverCode === null && { serverCode: undefined })',
  },
  {
    file,
    name: 'The status is not told to the other contexts.',
    find: "typeof status === 'number' && { status }",
    replace: "typeof status === 'string' && {}",
  },
  {
    file,
    name: 'A token that a server repeats as its step lies in storage.',
    find: 'step: word(details.step)',
    replace: 'step: details.step',
  },
  {
    file,
    name: 'A token that claims hold lies in storage.',
    find: ' && isHarmless(json, /"/g)',
    replace: '',
  },
  {
    file,
    name: 'Claims of any length lie in storage.',
    find: 'json.length <= MOST_CLAIMS && ',
    replace: 'json.length <= MOST_CLAIMS ** 2 && ',
  },
  {
    file,
    name: 'A long word of a server is taken for a token.',
    find: '? text.slice(0, LONGEST) : clean(text)',
    replace: '? clean(text) : clean(text)',
  },
  {
    file,
    name: 'Other contexts do not hear which step is wanted.',
    find: "code === 'step_required' ? toStep",
    replace: "code === 'rejected' ? toStep",
  },
]
