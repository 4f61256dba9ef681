const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t'

/**
 * A text without the blanks around it that headers know: SP and HTAB (RFC 6265 §5.2, RFC 9110
 * §5.6.3). `trim` takes U+00A0 and others as well, so that one name could pass for another; and a
 * loop takes a time in proportion to the text, which a pattern for the blanks at its end does not.
 */
export function stripBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text, start)) start += 1
  while (start < end && isBlank(text, end - 1)) end -= 1
  return text.slice(start, end)
}
