/** The headers of a response of Node, or of a framework on it. */
interface LateResponse {
  readonly headersSent?: boolean
  setHeader(name: string, value: string | readonly string[]): unknown
}

/** Names and values as `writeHead` takes them: an object, pairs, or names and values by turns. */
function pairsOf(given: object): readonly (readonly unknown[])[] {
  if (!Array.isArray(given)) return Object.entries(given)
  if (Array.isArray(given[0])) return given
  return given.flatMap((name, at) => (at % 2 === 0 ? [[name, given[at + 1]]] : []))
}

/** Sets the headers that `writeHead` was given. A name that is there several times has several values. */
function setGiven(response: LateResponse, given: object): void {
  const found = new Map<string, { readonly name: unknown; readonly values: unknown[] }>()
  for (const [name, value] of pairsOf(given)) {
    const key = String(name).toLowerCase()
    const entry = found.get(key) ?? { name, values: [] }
    entry.values.push(...[value].flat())
    found.set(key, entry)
  }
  for (const { name, values } of found.values()) {
    // Node says what is wrong with a name or value.
    Reflect.apply(response.setHeader, response, [name, values.length === 1 ? values[0] : values])
  }
}

/**
 * Calls `work` when the headers of a response are about to leave, whoever sends them, and by whatever: it can still
 * change them. What was written to them before, others may have changed since.
 */
export function beforeHeaders(response: LateResponse, work: () => void): void {
  // Node calls it for those too who only write a body.
  const writeHead: unknown = Reflect.get(response, 'writeHead')
  if (typeof writeHead !== 'function') return
  Reflect.set(response, 'writeHead', (...given: readonly unknown[]) => {
    const headers = given.find((one) => typeof one === 'object' && one !== null)
    // Node says what is wrong with headers that come too late.
    if (response.headersSent) return Reflect.apply(writeHead, response, given)
    if (typeof headers === 'object' && headers !== null) setGiven(response, headers)
    work()
    const rest = given.filter((one) => one !== headers)
    return Reflect.apply(writeHead, response, rest)
  })
}
