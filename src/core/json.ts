/**
 * The value of a JSON text, without keys called `__proto__`: as own keys they would become the
 * prototype of whatever somebody merges them into.
 * @throws SyntaxError for what is no JSON.
 */
export function parseJson(text: string): unknown {
  // Escapes can spell it too. To look at every key costs five times what the parsing does.
  const suspect = text.includes('__proto__') || text.includes('\\u')
  return suspect
    ? JSON.parse(text, (name, value) => (name === '__proto__' ? undefined : value))
    : JSON.parse(text)
}
