import type { SessionUser } from 'holdfast'
import type { NextSessions, UserInfo } from 'holdfast/next'
import { createNextAuth as gotrue } from 'holdfast/next/gotrue'
import { createNextAuth as oidc } from 'holdfast/next/oidc'
import { type RefreshSessionOptions, createNextAuth as workos } from 'holdfast/next/workos'

/** A person, as far as all the auth servers know one. */
interface Person extends SessionUser {
  readonly name?: string | null | undefined
}

/** Somebody who is signed in. */
export type Somebody = UserInfo<Person>

/** What people call somebody. */
export const nameOfPerson = ({ user }: Pick<Somebody, 'user'>): string =>
  user.name ?? user.email ?? user.id

// An app has one of them, in one line: everything comes from the environment, under the names that are usual there.
function open(): NextSessions<Person, RefreshSessionOptions> {
  switch (process.env.DEMO_AUTH) {
    case 'gotrue':
      return gotrue({ provider: 'github' })
    case 'oidc':
      return oidc()
    default:
      return workos()
  }
}

export const { withAuth, refreshSession, getSignInUrl, handlers, proxy, assertConfigured } = open()
