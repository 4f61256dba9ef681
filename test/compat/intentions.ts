import { AREAS } from './intentions-areas.js'
import { SESSIONS } from './intentions-sessions.js'
import type { Intention } from './intentions-shown.js'
import { WAYS } from './intentions-ways.js'

/**
 * What auth-js's public tests want of it (`packages/core/auth-js/test` of supabase/supabase-js, as of 2.119), by
 * area. Rows of `rows*.ts` are played on auth-js too, and compared. What is about `admin`, about its helpers, or
 * about private methods alone has no line, as the face has none of these.
 */
export const INTENTIONS: Readonly<Record<string, readonly Intention[]>> = {
  ...SESSIONS,
  ...WAYS,
  ...AREAS,
}
