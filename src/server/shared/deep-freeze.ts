/** Freezes what was parsed, to its last part, and gives it back: many may then share it. */
export function deepFreeze<Value>(value: Value): Value {
  // A list and no recursion: what is nested a thousand times must not exhaust the stack.
  const left: unknown[] = [value]
  while (left.length > 0) {
    const part = left.pop()
    if (typeof part !== 'object' || part === null || Object.isFrozen(part)) continue
    Object.freeze(part)
    for (const inner of Object.values(part)) left.push(inner)
  }
  return value
}
