/** Proxies and frameworks decode once or twice; whoever needs more rounds hides something. */
const ROUNDS = 4

/** A text with its encodings of ASCII undone, however many lie over each other; `null` if odd. */
export function decodeAll(text: string): string | null {
  try {
    // What is no UTF-8 is read in many ways.
    decodeURIComponent(text)
  } catch {
    return null
  }
  let plain = text
  for (let round = 0; round < ROUNDS; round++) {
    const next = plain.replace(/%([0-7][\da-f])/gi, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    if (next === plain) return plain
    plain = next
  }
  return null
}

/** Browsers take `\` for `/`, and drop control characters: both hide `//`, another host. */
export const leadsAway = (path: string): boolean => !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path)

/**
 * Whether a path, without query and fragment, stays on its origin for every reader: as it is,
 * decoded, and with the dots between its slashes resolved after that.
 */
export function isOwnPath(path: string): boolean {
  const plain = decodeAll(path)
  if (plain === null || leadsAway(plain)) return false
  return [path, plain.replace(/[?#%]/g, '_')].every((one) => {
    const { origin, pathname } = new URL(one, 'https://own.invalid')
    return origin === 'https://own.invalid' && !leadsAway(pathname)
  })
}
