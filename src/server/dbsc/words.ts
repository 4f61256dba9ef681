/** A text as the wire has it: in quotes, as the draft says (RFC 9651 §3.3.3), or bare, as Chromium 156 sends it. */
export function readWord(header: string | null): string | null {
  if (header === null) return null
  const [, quoted] = /^"([^"\\]*)"(?:;.*)?$/s.exec(header) ?? []
  const word = quoted ?? header
  // Two headers of one name come as a list (RFC 9110 §5.2): whose word would count?
  return /^[!#-+\--:<-[\]-~]+$/.test(word) ? word : null
}

/** A text in quotes. What we write holds neither quotes nor backslashes. */
export const quoted = (word: string): string => `"${word}"`

/** As much as a server takes of headers. */
const LONGEST = 16_384
/** How the names of sessions are marked that were skipped. */
const MARK = 'session_identifier="'

/**
 * The sessions that a browser says it could not renew, of `Secure-Session-Skipped`. What else it says of them counts
 * for nothing: who knows the name of a session has it from the browser.
 */
export const skippedIn = (header: string | null): readonly string[] =>
  (header ?? '')
    .slice(0, LONGEST)
    .split(MARK)
    .slice(1)
    .flatMap((rest) => rest.split('"', 1))
