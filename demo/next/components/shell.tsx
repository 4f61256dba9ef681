import type { ReactNode } from 'react'
import { nameOfPerson, type Somebody } from '../lib/auth'
import { Arrival } from './arrival'
import { Live } from './live'
import { SignOut } from './sign-out'
import { Top } from './top'

/** What surrounds every page of somebody who is signed in. */
export function Shell({
  who,
  menu,
  children,
}: {
  readonly who: Somebody
  readonly menu: ReactNode
  readonly children: ReactNode
}) {
  const { impersonator } = who
  // What goes to the page is there for all its scripts: no token.
  const { accessToken: _, ...known } = who
  return (
    <Live initial={known}>
      {impersonator && (
        <aside className="impersonation" aria-label="Impersonation">
          <p>
            <strong>{impersonator.email}</strong> is acting as {nameOfPerson(who)}
            {impersonator.reason && <span> – {impersonator.reason}</span>}
          </p>
          <SignOut>Stop</SignOut>
        </aside>
      )}
      <Top>
        {menu}
        <span className="account">
          <span id="who">{nameOfPerson(who)}</span>
          <SignOut>Sign out</SignOut>
        </span>
      </Top>
      {children}
      <Arrival status="signed-in" />
    </Live>
  )
}
