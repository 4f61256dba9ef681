'use server'

import { isAuthError } from 'holdfast'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { getSignInUrl, refreshSession, withAuth } from '../lib/auth'
import { ask } from '../lib/control'
import { authServer } from '../lib/server'

/** What has changed since the page was rendered. */
export interface Changes {
  readonly gained: readonly string[]
  readonly lost: readonly string[]
  readonly problem: string | null
}

const capital = (words: string): string => `${words[0]?.toUpperCase()}${words.slice(1)}`

export async function checkPermissions(): Promise<Changes> {
  const { permissions: before = [] } = await withAuth({ ensureSignedIn: true })
  try {
    const { permissions: after = [] } = await refreshSession({ ensureSignedIn: true })
    return {
      gained: after.filter((one) => !before.includes(one)),
      lost: before.filter((one) => !after.includes(one)),
      problem: null,
    }
  } catch (error) {
    if (isAuthError(error, 'refresh_rejected')) redirect(await getSignInUrl())
    if (!isAuthError(error) || !error.retryable) throw error
    return {
      gained: [],
      lost: [],
      problem: `${capital(authServer().name)} cannot be reached. You are still signed in.`,
    }
  }
}

export async function switchPlace(form: FormData): Promise<void> {
  const organizationId = String(form.get('organizationId'))
  try {
    await refreshSession({ organizationId, ensureSignedIn: true })
  } catch (error) {
    if (isAuthError(error, 'step_required')) {
      redirect(`/auth/sso-required?organization=${organizationId}&step=${error.details?.step}`)
    }
    if (!isAuthError(error) || !error.retryable) throw error
    redirect('/?problem=outage')
  }
  revalidatePath('/')
}

export async function setMode(mode: string): Promise<void> {
  await ask({ mode })
  revalidatePath('/')
}

export async function setLifetime(lifetime: number): Promise<void> {
  await ask({ lifetime })
  revalidatePath('/')
}

export async function setRole(role: string): Promise<void> {
  const { user, organizationId } = await withAuth({ ensureSignedIn: true })
  if (user.email && organizationId) await ask({ role: { email: user.email, organizationId, role } })
  revalidatePath('/')
}

export async function endSession(): Promise<void> {
  const { sessionId } = await withAuth({ ensureSignedIn: true })
  await ask({ end: sessionId })
  revalidatePath('/')
}

export async function actAs(email: string): Promise<void> {
  await ask({ impersonate: email })
  redirect(await getSignInUrl({ loginHint: email, returnTo: '/' }))
}
