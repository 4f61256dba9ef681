import { sha256 } from '@noble/hashes/sha2.js'

// The native half of React Native, as far as its JavaScript asks for it: the network, and the blobs that
// bodies come as. What a phone sends goes to whoever serves here.
const modules = {}
Object.assign(globalThis, {
  __turboModuleProxy: (name) => modules[name] ?? null,
  nativeModuleProxy: {},
})

modules.PlatformConstants = { getConstants: () => ({ interfaceIdiom: 'phone' }) }

/** Databases of AsyncStorage by their names; the older storage has none. */
const databases = new Map()
let diskIsFull = false

/** The entries of a database. @throws Error as the native half rejects */
async function open(name) {
  if (diskIsFull) {
    const userInfo = { type: 'SqliteException' }
    throw Object.assign(new Error('database or disk is full'), {
      code: 'AsyncStorageError',
      userInfo,
    })
  }
  const entries = databases.get(name) ?? new Map()
  databases.set(name, entries)
  return entries
}

/** The older storage on iOS, which takes no empty key. */
async function openOlder(keys) {
  if (keys.includes('')) {
    throw Object.assign(new Error('Failed to get values for keys'), { code: 'AsyncStorageError' })
  }
  return open(null)
}

modules.RNAsyncStorage = {
  getValues: async (name, keys) => {
    const entries = await open(name)
    return keys.map((key) => ({ key, value: entries.get(key) ?? null }))
  },
  setValues: async (name, values) => {
    const entries = await open(name)
    for (const { key, value } of values) entries.set(key, value)
    return values
  },
  removeValues: async (name, keys) => {
    const entries = await open(name)
    for (const key of keys) entries.delete(key)
  },
  legacy_multiGet: async (keys) => {
    const entries = await openOlder(keys)
    return keys.map((key) => [key, entries.get(key) ?? null])
  },
  legacy_multiSet: async (pairs) => {
    const entries = await openOlder(pairs.map(([key]) => key))
    for (const [key, value] of pairs) entries.set(key, value)
  },
  legacy_multiRemove: async (keys) => {
    const entries = await openOlder(keys)
    for (const key of keys) entries.delete(key)
  },
}

let keychain

// Of Expo, which has a way of its own to the native half.
globalThis.expo = {
  modules: {
    ExpoCrypto: {
      getRandomValues: (bytes) => void bytes.set(bytes.map(() => Math.floor(Math.random() * 256))),
      digest: (_, output, bytes) => void output.set(sha256(bytes)),
    },
    // Not used here; the module makes classes of these as soon as it is imported.
    ExpoCryptoAES: { EncryptionKey: class {}, SealedData: class {} },
    ExpoSecureStore: {
      AFTER_FIRST_UNLOCK: 0,
      getValueWithKeyAsync: (key, options) => keychain.getItemAsync(key, options),
      setValueWithKeyAsync: (value, key, options) => keychain.setItemAsync(key, value, options),
      deleteValueWithKeyAsync: (key, options) => keychain.deleteItemAsync(key, options),
    },
  },
}

/** What the story under way sets in the native half. */
export const native = {
  /** From now on the phone's requests go to this `fetch`. */
  serveWith(fetch) {
    serve = fetch
  },
  /** From now on this is the keychain that Expo's SecureStore finds. */
  keepIn(next) {
    keychain = next
  },
  /** Whether nothing can be written any more. */
  fillDisk(full) {
    diskIsFull = full
  },
}

const running = new Map()
let emit = () => {}
let serve = async () => {
  throw new Error('Nobody serves.')
}
let requests = 0

const blobs = new Map()
modules.BlobModule = {
  getConstants: () => ({ BLOB_URI_SCHEME: 'blob', BLOB_URI_HOST: null }),
  addNetworkingHandler() {},
  createFromParts: (parts, id) => void blobs.set(id, parts.map(({ data }) => data).join('')),
  release: (id) => void blobs.delete(id),
}
modules.FileReaderModule = {
  readAsText: async ({ blobId }) => blobs.get(blobId) ?? '',
}

async function run(id, { method, url, data, headers, responseType }) {
  try {
    const body = data.string
    const init = { method, headers, ...(body && { body }) }
    const answer = await serve(url, init)
    const text = await answer.text()
    if (!running.has(id)) return
    const fields = {}
    answer.headers.forEach((value, name) => {
      fields[name] = value
    })
    emit('didReceiveNetworkResponse', [id, answer.status, fields, answer.url || url])
    const blobId = `body-${id}`
    const isBlob = responseType === 'blob'
    if (isBlob) blobs.set(blobId, text)
    emit('didReceiveNetworkData', [id, isBlob ? { blobId, offset: 0, size: text.length } : text])
    emit('didCompleteNetworkResponse', [id, null, false])
  } catch {
    if (!running.has(id)) return
    emit('didCompleteNetworkResponse', [id, 'The network connection was lost.', false])
  } finally {
    running.delete(id)
  }
}

modules.Networking = {
  sendRequest(query, callback) {
    const id = ++requests
    running.set(id, query)
    callback(id)
    run(id, query)
  },
  abortRequest: (id) => void running.delete(id),
  clearCookies: (callback) => callback(true),
  addListener() {},
  removeListeners() {},
}

/** Connects it with the emitter of React Native. */
export function connect(emitter) {
  emit = (name, body) => emitter.emit(name, body)
}
