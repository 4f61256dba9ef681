import { redirect } from 'next/navigation'
import { Top } from '../../../components/top'
import { getSignInUrl, withAuth } from '../../../lib/auth'
import { nameOf } from '../../../lib/company'

const WORDS: Readonly<Record<string, string>> = {
  sso_required: 'asks for single sign-on',
  mfa_enrollment: 'asks for a second factor',
}

/** What somebody must do before WorkOS lets them into an organization. */
export default async function Step({
  searchParams,
}: {
  readonly searchParams: Promise<{ readonly organization?: string; readonly step?: string }>
}) {
  const { organization, step = '' } = await searchParams
  const { user } = await withAuth({ ensureSignedIn: true })
  if (!organization) redirect('/')
  const href = await getSignInUrl({
    organizationId: organization,
    loginHint: user.email,
    returnTo: '/',
  })
  return (
    <>
      <Top />
      <main className="narrow">
        <section className="card" aria-labelledby="step-title">
          <h1 id="step-title">
            {nameOf(organization)} {WORDS[step] ?? 'asks for one more step'}
          </h1>
          <p>
            Your session goes on as it is. To enter, take the step at WorkOS (<code>{step}</code>).
          </p>
          <p className="row">
            <a className="button primary" href={href}>
              Continue
            </a>
            <a className="button" href="/">
              Stay where I am
            </a>
          </p>
        </section>
      </main>
    </>
  )
}
