import { AuthRetryableFetchError } from './errors.js'
import { asCaller, type Face, failed } from './face.js'

/** Makes the methods of a part. */
export type Make<Api> = (face: Face) => Api

/** The names of methods that are not about who is signed in: anybody may call them, at any time. */
const ANYBODY = /^(sign|verifyOtp|exchange|resend|resetPassword|.*Authentication$)/

/**
 * Methods whose work is loaded at their first call: a page that never calls them does not have it.
 * `empty` names them all, each with the data of a failure to load it.
 */
export function lazily<Api extends object>(
  face: Face,
  load: () => Promise<Make<Api>>,
  empty: { readonly [Name in keyof Api]: unknown },
): Api {
  const methods = Object.entries(empty).map(([name, none]) => [
    name,
    async (...given: unknown[]): Promise<unknown> => {
      let api: Api
      const mine = ANYBODY.test(name) ? face : asCaller(face)
      try {
        api = (await load())(mine)
      } catch {
        return failed(face, new AuthRetryableFetchError(`${name}() could not be loaded.`, 0), none)
      }
      try {
        return await Reflect.apply(Reflect.get(Object(api), name), api, given)
      } catch (cause) {
        // What was passed may throw when it is read.
        return failed(face, cause, none)
      }
    },
  ])
  // TypeScript cannot see that these are all of them: the type of `empty` says so.
  return Object.assign(Object.create(null), Object.fromEntries(methods))
}
