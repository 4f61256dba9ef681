import type { Somebody } from '../lib/auth'
import { nameOf } from '../lib/company'
import { ask } from '../lib/control'
import { authServer } from '../lib/server'
import { ControlPanel } from './control-panel'
import { Permissions } from './permissions'
import { PlaceSwitcher } from './place-switcher'
import { SessionCard } from './session-card'
import { Shell } from './shell'

export async function Dashboard({
  who,
  problem,
}: {
  readonly who: Somebody
  readonly problem: string | undefined
}) {
  const { organizationId = '', role = '', permissions = [] } = who
  const { exchanges } = await ask()
  const { name, hasPlaces } = authServer()
  const menu = (
    <>
      {hasPlaces && <PlaceSwitcher current={organizationId} />}
      <nav>
        <a href="/invoices">Invoices</a>
      </nav>
    </>
  )
  return (
    <Shell who={who} menu={menu}>
      {problem === 'outage' && (
        <p className="notice" role="alert">
          {name} cannot be reached, so you are still at {nameOf(organizationId)}. Try again later.
        </p>
      )}
      <main className="grid">
        <Permissions
          place={hasPlaces ? nameOf(organizationId) : 'The harbour'}
          role={role}
          granted={hasPlaces ? permissions : null}
          server={name}
        />
        <SessionCard sessionId={who.sessionId} exchanges={exchanges} server={name} />
        <ControlPanel role={role} signedIn />
      </main>
    </Shell>
  )
}
