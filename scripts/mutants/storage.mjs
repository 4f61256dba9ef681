const web = 'src/storage/web-storage.ts'
const indexed = 'src/storage/indexed-db.ts'
const database = 'src/storage/database.ts'

/** Bugs of the storages. */
export const STORAGE = [
  {
    file: web,
    name: 'News of sessionStorage counts as news of localStorage.',
    find: 'if (event.storageArea === entriesOf(area)) listener',
    replace: 'listener',
  },
  {
    file: web,
    name: 'Full storage that holds a session is not used.',
    find: 'entries.length === 0',
    replace: 'true',
  },
  {
    file: web,
    name: 'Blocked storage counts as storage that works.',
    find: 'catch {\n    return false',
    replace: 'catch {\n    return true',
  },
  {
    file: web,
    name: 'Unsubscribing leaves the listener.',
    find: "return () => globalThis.removeEventListener?.('storage', onStorage)",
    replace: 'return () => {}',
  },
  {
    file: database,
    name: 'A connection that the browser has closed is used for ever.',
    find: 'if (!lasting && connection === mine) connection = undefined',
    replace: '',
  },
  {
    file: indexed,
    name: 'Damaged contents read as nothing.',
    find: "? value : 'not a text'",
    replace: '? value : null',
  },
  {
    file: database,
    name: 'What no database can hold is tried twice.',
    find: ", 'DataCloneError'",
    replace: '',
  },
  {
    file: 'src/storage/indexed-db-keys.ts',
    name: 'A key that scripts can read counts as a key of a session.',
    find: ' && !value.extractable',
    replace: '',
  },
  {
    file: indexed,
    name: 'An update does not wait until it is written.',
    find: 'await promisifyRequest(store.transaction)\n',
    replace: '\n',
  },
  {
    file: 'src/storage/memory.ts',
    name: 'An update in memory keeps what it should remove.',
    find: 'if (text === null) entries.delete(key)\n      else entries',
    replace: 'if (text !== null) entries',
  },
]
