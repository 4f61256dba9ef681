import { actAs } from '../app/actions'
import { getSignInUrl } from '../lib/auth'
import { authServer } from '../lib/server'
import { Arrival } from './arrival'
import { Top } from './top'

export async function Welcome() {
  const { name: server, hasPlaces, people: known } = authServer()
  const people = await Promise.all(
    known.map(async (person) => ({
      ...person,
      href: await getSignInUrl({
        loginHint: person.email,
        ...(hasPlaces && { organizationId: 'org_north' }),
        returnTo: '/',
      }),
    })),
  )
  return (
    <>
      <Top />
      <main className="welcome">
        <section className="hero">
          <h1>An outage signs nobody out.</h1>
          <p>
            A small Next.js app with sessions of {server} by Holdfast: sealed cookies, one refresh
            however many tabs are open, and no sign-out by an outage. The auth server is a scripted
            one that you may break.
          </p>
        </section>
        <section aria-labelledby="people-title">
          <h2 id="people-title">Sign in</h2>
          <div className="people">
            {people.map(({ email, name, about, href }) => (
              <a key={email} className="person" href={href}>
                <span className="face" aria-hidden="true">
                  {name[0]}
                </span>
                <span>
                  <strong>Continue as {name}</strong>
                  <small>{about}</small>
                </span>
              </a>
            ))}
            {hasPlaces && (
              <form className="person" action={actAs.bind(null, 'grace@tidemark.example')}>
                <span className="face warn" aria-hidden="true">
                  ?
                </span>
                <span>
                  <button type="submit" className="link">
                    Act as Grace, as support does
                  </button>
                  <small>An impersonated session, which says so on every page.</small>
                </span>
              </form>
            )}
          </div>
        </section>
      </main>
      <Arrival status="signed-out" />
    </>
  )
}
