import { guardAll } from '../../core/guarded.js'
import { texts } from '../shared/json.js'
import { checkTexts } from './arguments.js'
import { bad, codeOf, count, fieldsOf, need } from './mfa-answers.js'
import { createRequests, lower } from './mfa-requests.js'
import type { MfaClient, NewRecoveryCodes, RecoveryCodes } from './mfa-types.js'
import type { AnyMetadata } from './types.js'

const PATH = '/factors/recovery-codes'

function readCodes(body: unknown): NewRecoveryCodes {
  const { id, codes } = fieldsOf(body)
  return { id: need(id), codes: texts(codes) ?? bad() }
}

/**
 * Recovery codes for a client of `gotrue()`.
 * @example
 * ```ts
 * import { recoveryCodes } from 'holdfast/providers/gotrue/mfa'
 *
 * const { codes } = await recoveryCodes(auth).generate() // shown once, to be kept
 * await recoveryCodes(auth).verify({ code: await askForTheCode() }) // in place of another factor
 * ```
 * @throws AuthError `invalid_argument` for anything but a client of `gotrue()`.
 */
export function recoveryCodes<Metadata extends object = AnyMetadata>(
  auth: MfaClient<Metadata>,
): RecoveryCodes<Metadata> {
  const { ask, raise } = createRequests('recoveryCodes', auth)
  return guardAll({
    async status(call) {
      const { id, total, remaining } = fieldsOf(await ask(PATH, { method: 'GET' }, call))
      return { id: need(id), total: count(total), remaining: count(remaining) }
    },
    async generate(options, call) {
      checkTexts(options)
      const json = { friendly_name: options?.friendlyName }
      return readCodes(await ask(PATH, { json }, call))
    },
    regenerate: async (call) => readCodes(await ask(`${PATH}/regenerate`, { json: {} }, call)),
    async remove(call) {
      await ask(PATH, { method: 'DELETE' }, call)
      await lower(auth)
    },
    async verify(options, call) {
      const json = { code: codeOf(options?.code) }
      return raise((step) => step(`${PATH}/verify`, json), call)
    },
  })
}
