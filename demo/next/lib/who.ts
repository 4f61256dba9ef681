import { isAuthError } from 'holdfast'
import type { NoUserInfo, UserInfo } from 'holdfast/next'
import { withAuth } from './auth'

/** Who is signed in; `null` while nobody can tell, because WorkOS cannot be reached. */
export async function whoIsHere(): Promise<UserInfo | NoUserInfo | null> {
  try {
    return await withAuth()
  } catch (error) {
    if (isAuthError(error) && error.retryable) return null
    throw error
  }
}
