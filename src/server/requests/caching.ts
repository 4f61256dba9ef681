import { stripBlanks } from '../cookies/blanks.js'
import { type AnswerHeaders, listIn } from './answer-headers.js'

/**
 * The directives of a `Cache-Control` by name, in lower case. A comma within quotes parts nothing
 * (RFC 9111 §5.2): `no-cache="private"` says nothing of who may keep the answer.
 */
function directivesOf(header: string): ReadonlyMap<string, string> {
  const directives: string[] = ['']
  let quoted = false
  for (let at = 0; at < header.length; at += 1) {
    const letter = header[at] ?? ''
    if (letter === '"') quoted = !quoted
    if (letter === ',' && !quoted) directives.push('')
    else directives[directives.length - 1] += letter
    // What follows a `\` within quotes is itself.
    if (quoted && letter === '\\') directives[directives.length - 1] += header[++at] ?? ''
  }
  return new Map(
    directives.map((directive) => {
      const [name = '', ...value] = directive.split('=')
      return [stripBlanks(name).toLowerCase(), stripBlanks(value.join('='))]
    }),
  )
}

/** Whether an answer says itself that only the browser of one person may keep it, and all of it. */
function isPrivate(header: string): boolean {
  const directives = directivesOf(header)
  // `private="x-name"` is about one header (RFC 9111 §5.2.2.7).
  return (
    directives.get('private') === '' && !directives.has('public') && !directives.has('s-maxage')
  )
}

/** What speaks to shared caches past `Cache-Control` (RFC 9213), and to those before it. */
const PAST = [
  'CDN-Cache-Control',
  'Surrogate-Control',
  'X-Accel-Expires',
  'Cloudflare-CDN-Cache-Control',
  'Vercel-CDN-Cache-Control',
  'Netlify-CDN-Cache-Control',
  'Akamai-Cache-Control',
  'Edge-Control',
  'Expires',
  'Pragma',
]

/** Headers that can be read and written. */
export type CachingHeaders = Pick<AnswerHeaders, 'get' | 'set' | 'delete'>

/** Adds `Cookie` to what an answer varies by: with a session it would have been another one. */
export function varyByCookie(headers: CachingHeaders): void {
  const names = (headers.get('Vary') ?? '').split(',').map(stripBlanks)
  const known = names.some((name) => name === '*' || name.toLowerCase() === 'cookie')
  if (!known) listIn(headers, 'Vary', ['Cookie'])
}

/** Does something to the headers of an answer now, and again when they leave: a handler may have changed them since. */
export function untilSent(answer: AnswerHeaders, work: (answer: AnswerHeaders) => void): void {
  work(answer)
  answer.beforeSent?.(() => work(answer))
}

/** Lets nobody keep an answer, not even the browser: what it sets must not come again. */
export function forbidStorage(headers: CachingHeaders): void {
  headers.delete('Cache-Control')
  keepPrivate(headers)
}

/**
 * Keeps an answer that is for one person out of shared caches. To those between, all people are the
 * same person. What an answer says with `private` stays as it is.
 */
export function keepPrivate(headers: CachingHeaders): void {
  if (!isPrivate(headers.get('Cache-Control') ?? '')) {
    headers.set('Cache-Control', 'private, no-store')
  }
  for (const name of PAST) headers.delete(name)
}
