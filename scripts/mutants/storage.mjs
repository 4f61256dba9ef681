const web = 'src/storage/web-storage.ts'
const indexed = 'src/storage/indexed-db.ts'

/** Bugs of the storages. */
export const STORAGE = [
  {
    file: web,
    name: 'News of sessionStorage counts as news of localStorage.',
    find: 'if (event.storageArea === areaOf(area)) listener',
    replace: 'listener',
  },
  {
    file: web,
    name: 'Full storage that holds a session is not used.',
    find: 'return entries.length > 0',
    replace: 'return false',
  },
  {
    file: web,
    name: 'Unsubscribing leaves the listener.',
    find: "return () => globalThis.removeEventListener?.('storage', onStorage)",
    replace: 'return () => {}',
  },
  {
    file: indexed,
    name: 'A connection that the browser has closed is used for ever.',
    find: 'if (!full && connection === mine) connection = undefined',
    replace: '',
  },
  {
    file: indexed,
    name: 'Damaged contents read as nothing.',
    find: "typeof value === 'string' ? value : ''",
    replace: "typeof value === 'string' ? value : null",
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
