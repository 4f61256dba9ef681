import { createHash } from 'node:crypto'

const INLINE_SCRIPT = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/**
 * A page that says itself what it may load: nothing from elsewhere, and no script but those that the build
 * wrote. Styles may stand in attributes, as those of highlighted code do.
 */
export function addPolicy(html) {
  const scripts = [...html.matchAll(INLINE_SCRIPT)].map(([, text]) => hashOf(text))
  const policy = [
    "default-src 'self'",
    `script-src ${["'self'", ...new Set(scripts)].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
  ].join('; ')
  const tag = `<meta http-equiv="Content-Security-Policy" content="${policy}">`
  return html.replace(/(<meta charset[^>]*>)/, `$1\n    ${tag}`)
}
