import { AuthError, isAuthError } from '../../core/errors.js'
import { checkUrl } from '../../providers/shared/url.js'

function reject(problem: string): never {
  throw new AuthError('invalid_argument', `\`hosts\`: ${problem}`)
}

function parseHost(host: unknown, allowInsecure: boolean): string {
  const address = typeof host === 'string' ? host.trim() : ''
  if (address === '') return reject('every host is a text that is not empty.')
  if (/[?#]/.test(address)) return reject('an address ends with its path.')
  try {
    return checkUrl(address, allowInsecure)
  } catch (error) {
    return reject(isAuthError(error) ? error.message : 'this is no address.')
  }
}

/**
 * The addresses of a core's hosts, without a slash at their ends; each once.
 * @throws AuthError `invalid_argument` for a list that is empty or holds what is no address of a
 * host that tokens may be sent to.
 */
export function parseHosts(hosts: unknown, allowInsecure = false): readonly string[] {
  const list: unknown = typeof hosts === 'string' ? hosts.split(';') : hosts
  if (!Array.isArray(list) || list.length === 0) {
    return reject('name at least one, in a list or in a text with `;` in between.')
  }
  const addresses = [...new Set(list.map((host) => parseHost(host, allowInsecure)))]
  // Whoever names two hosts counts on the second when the first is down.
  if (addresses.length === 1 && list.length > 1) return reject('all of them are the same.')
  return addresses
}
