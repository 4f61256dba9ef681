// The native half of React Native, as far as its JavaScript asks for it: the network, and the blobs that
// bodies come as. What a phone sends goes to whoever serves here.
const modules = {}
Object.assign(globalThis, {
  __turboModuleProxy: (name) => modules[name] ?? null,
  nativeModuleProxy: {},
})

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

/** From now on the phone's requests go to this `fetch`. */
export function serveWith(fetch) {
  serve = fetch
}
