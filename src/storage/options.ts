import { invalid } from '../core/check-options.js'
import { isObject } from '../core/record.js'

/**
 * The area that the options of a storage choose, `local` where they choose none.
 * @throws AuthError `invalid_argument` for another one, and for what is no options: a bare 'session' would
 *   stand for the default.
 */
export function areaOf(options: {
  readonly area?: 'local' | 'session' | undefined
}): 'local' | 'session' {
  const { area = 'local' } = isObject(options) ? options : { area: null }
  if (area === 'local' || area === 'session') return area
  throw invalid("Pass { area: 'local' } or { area: 'session' }.")
}

/**
 * The database that the options of the storage called `name` choose, else `otherwise`.
 * @throws AuthError `invalid_argument` for what is no name, and for what is no options.
 */
export function databaseOf(
  name: string,
  options: { readonly database?: string | undefined },
  otherwise: string,
): string {
  if (isObject(options)) {
    const { database = otherwise } = options
    if (typeof database === 'string' && database) return database
  }
  throw invalid(`${name}() takes { database }, which is a name.`)
}
