const secure = 'src/react-native/secure-storage.ts'
const pieces = 'src/react-native/pieces.ts'
const links = 'src/react-native/on-redirect.ts'
const extension = 'src/storage/chrome-storage.ts'
const pkce = 'src/providers/shared/pkce.ts'

/** Bugs of phones and extensions. */
export const NATIVE = [
  {
    file: secure,
    name: 'A new session is written over the pieces of the old one.',
    find: "head.place === 'a' ? 'b' : 'a'",
    replace: "head.place === 'a' ? 'a' : 'b'",
  },
  {
    file: secure,
    name: 'Pieces of a session stay in the keychain when the next one is there.',
    find: "  if (head.kind === 'pieces') {\n    await entries.removePieces(key, head.place, head.count).catch(() => {})\n  }\n",
    replace: '',
  },
  {
    file: secure,
    name: 'Pieces of a longer text, whose write was interrupted, stay behind those of a shorter one.',
    find: 'while ((await get(',
    replace: 'while (known === 0 && (await get(',
  },
  {
    file: secure,
    name: 'Half a session reads as one.',
    find: 'text.length === head.length ? text : DAMAGE',
    replace: 'text',
  },
  {
    file: secure,
    name: 'Two writes mix their pieces.',
    find: 'const mine = last.then(work)',
    replace: 'const mine = work()',
  },
  {
    file: pieces,
    name: 'Letters count as one byte each.',
    find: 'code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4',
    replace: '1',
  },
  {
    file: links,
    name: 'A deep link counts that only begins as the own address does.',
    find: 'placeOf(url) !== placeOf(redirectTo)',
    replace: '!placeOf(url).startsWith(placeOf(redirectTo))',
  },
  {
    file: links,
    name: 'The link that started the app is handled by each who begins to listen.',
    find: "known.has(url ?? '') || hear(url)",
    replace: 'hear(url)',
  },
  {
    file: extension,
    name: 'What a context wrote itself is news to it.',
    find: 'const isOwn = expected.get(key) === toText(newValue)',
    replace: 'const isOwn = false',
  },
  {
    file: extension,
    name: 'What another context writes is taken for an own write of long ago.',
    find: 'expected.delete(key)\n      if',
    replace: 'if',
  },
  {
    file: pkce,
    name: 'A text in place of random bytes makes the secret.',
    find: 'bytes?.byteLength === 32',
    replace: 'bytes',
  },
]
