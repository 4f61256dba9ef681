import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { docs } from './pages.mjs'

const root = join(docs, '..')

/** The path in the repository that a link of a page leads to, if that is outside of the documentation. */
function pathOutside(href, page) {
  if (!/^\.\.?\//.test(href)) return null
  const target = join(docs, dirname(page), href.replace(/[#?].*$/, ''))
  const path = relative(root, target).replaceAll('\\', '/')
  return path.startsWith('docs/') || !existsSync(target) ? null : path
}

/**
 * Links to files of the repository, such as `../bench/README.md`, work on a code forge. The site has only the
 * documentation: there the path stands in the link's place, or a link to `repository`, once that has an address.
 */
export function linksOutside(markdown, repository) {
  markdown.core.ruler.push('links-outside', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let outside = null
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          outside = pathOutside(token.attrGet('href') ?? '', env.relativePath ?? '')
          if (outside && repository) token.attrSet('href', `${repository}/blob/main/${outside}`)
          else if (outside) {
            token.tag = 'span'
            token.attrs = [
              ['class', 'in-repository'],
              ['title', `In the repository: ${outside}`],
            ]
          }
        } else if (token.type === 'link_close') {
          if (outside && !repository) token.tag = 'span'
          outside = null
        }
      }
    }
  })
}
