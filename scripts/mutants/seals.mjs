const seal = 'src/server/sealed/seal.ts'
const fast = 'src/server/sealed/fast-seal.ts'
const known = 'src/server/sealed/known-seals.ts'
const opened = 'src/server/sealed/opened.ts'
const held = 'src/server/sealed/held-sessions.ts'
const sealing = 'src/server/sealed/sealing.ts'

/** Checks that are gone of seals. */
export const SEALS = [
  {
    file: seal,
    name: 'A password may be short enough to be guessed.',
    find: "typeof one === 'string' && one.length >= SHORTEST",
    replace: "typeof one === 'string' && one.length > 0",
  },
  {
    file: seal,
    name: 'Of several passwords one that is fit is enough.',
    find: '!passwords.every(fit)',
    replace: '!passwords.some(fit)',
  },
  {
    file: seal,
    name: 'No password at all is one.',
    find: 'passwords.length === 0 || ',
    replace: '',
  },
  {
    file: seal,
    name: 'A seal may hold for no whole number of milliseconds.',
    find: 'if (!Number.isSafeInteger(ttl) || ttl < 0) {',
    replace: 'if (ttl === Number.NEGATIVE_INFINITY) {',
  },
  {
    file: seal,
    name: 'A text is sealed that nobody will open.',
    find: '  if (sealed.length > LARGEST) {\n    throw',
    replace: '  if (sealed.length < 0) {\n    throw',
  },
  {
    file: seal,
    name: 'What is far too large is opened.',
    find: "typeof sealed !== 'string' || sealed.length > LARGEST",
    replace: "typeof sealed !== 'string'",
  },
  {
    file: seal,
    name: 'Half a seal looks like one.',
    find: 'return FORM.test(decodePercent(text))',
    replace: "return text.startsWith('Fe26.2')",
  },
  {
    file: seal,
    name: 'A seal without a salt looks like one.',
    find: '\\w*\\*[\\da-f]{64}\\*',
    replace: '\\w*\\*[\\da-f]*\\*',
  },
  {
    file: seal,
    name: 'A seal without an IV looks like one.',
    find: '[\\w-]{22}\\*',
    replace: '[\\w-]*\\*',
  },
  {
    file: seal,
    name: 'A seal without content looks like one.',
    find: '[\\w-]{22,}\\*',
    replace: '[\\w-]*\\*',
  },
  {
    file: seal,
    name: 'A seal with a word for its end looks like one.',
    find: '\\*\\d*\\*',
    replace: '\\*\\w*\\*',
  },
  {
    file: seal,
    name: 'A seal without the salt of its MAC looks like one.',
    find: '[\\da-f]{64}\\*[\\w-]{43}',
    replace: '[\\da-f]*\\*[\\w-]{43}',
  },
  {
    file: seal,
    name: 'A seal without a MAC looks like one.',
    find: '[\\w-]{43}(~',
    replace: '[\\w-]*(~',
  },
  {
    file: seal,
    name: 'What is far too large looks like a seal.',
    find: '  if (text.length > LARGEST) return false\n',
    replace: '',
  },
  {
    file: seal,
    name: 'A clock that says nothing makes a seal that opens for ever.',
    find: 'return Number.isNaN(time) ? Date.now() : time',
    replace: 'return time',
  },
  {
    file: fast,
    name: 'Anybody can write a seal.',
    find: '      if (!node.timingSafeEqual(macOf(base, secret, macSalt), decode(mac))) return null\n',
    replace: '',
  },
  {
    file: fast,
    name: 'A seal opens after its end.',
    find: 'prefix !== PREFIX || !isWithin(end, now)',
    replace: 'prefix !== PREFIX',
  },
  {
    file: fast,
    name: 'A seal opens for as long after its end as before it.',
    find: 'Number.parseInt(end, 10) > now - SKEW',
    replace: 'Number.parseInt(end, 10) * 2 > now',
  },
  {
    file: fast,
    name: 'Nonsense for an end is one.',
    find: '/^[1-9]\\d*$/.test(end) && ',
    replace: '',
  },
  {
    file: fast,
    name: 'A seal of another version opens.',
    find: 'parts.length !== PARTS || prefix !== PREFIX || ',
    replace: 'parts.length !== PARTS || ',
  },
  {
    file: fast,
    name: 'All seals have one salt.',
    find: "node.randomBytes(32).toString('hex')",
    replace: "node.randomBytes(0).toString('hex').padEnd(64, '0')",
  },
  {
    file: fast,
    name: 'The end of a seal is not sealed.',
    find: 'const base = body.slice(0, body.length - macSalt.length - mac.length - 2)',
    replace: "const base = [PREFIX, parts[1], salt, iv, content, ''].join('*')",
  },
  {
    file: known,
    name: 'A seal that is known opens by a password that was taken off the list.',
    find: 'seal && isSame(seal.passwords, passwords) && ',
    replace: 'seal && passwords && ',
  },
  {
    file: known,
    name: 'A seal that is known opens after its end.',
    find: ' && isWithin(seal.end, Math.round(now()))',
    replace: '',
  },
  {
    file: known,
    name: 'A seal of nobody is remembered.',
    find: '    if (isGood(value)) {',
    replace: '    if (isGood(value) || value === null) {',
  },
  {
    file: known,
    name: 'Who gets a session that is known can change it for the next.',
    find: 'deepFreeze(read(text))',
    replace: 'read(text)',
  },
  {
    file: known,
    name: 'An app changes the passwords by which a seal is known.',
    find: '[...passwords]',
    replace: 'passwords',
  },
  {
    file: held,
    name: 'The store sees the names that are in cookies.',
    find: '=> fingerprint(key)',
    replace: '=> Promise.resolve(key)',
  },
  {
    file: opened,
    name: 'A store that fails signs people out.',
    find: '.catch(() => UNKNOWN)',
    replace: '.catch(() => null)',
  },
  {
    file: sealing,
    name: 'A session is begun that no server takes in its headers.',
    find: 'if (sealed.length <= maxSize) return { sealed }',
    replace: 'if (sealed.length > 0) return { sealed }',
  },
  {
    file: sealing,
    name: 'The names of sessions that are held elsewhere can be guessed.',
    find: '`${crypto.randomUUID()}${crypto.randomUUID()}`',
    replace: '`held-${data.user.id}`',
  },
  {
    file: 'src/server/shared/sha256.ts',
    name: 'A runtime that makes other digests knows no name that other processes have noted.',
    find: 'return encode(digest(new TextEncoder().encode(SAMPLE.text))) === SAMPLE.digest ? digest : null',
    replace: 'return encode(digest(new TextEncoder().encode(SAMPLE.text))) ? digest : null',
  },
]
