import { redirect } from 'next/navigation'
import { Outage } from '../../components/outage'
import { Shell } from '../../components/shell'
import { withAuth } from '../../lib/auth'
import { nameOf } from '../../lib/company'
import { authServer } from '../../lib/server'

const INVOICES = [
  ['MS Ostrava', 'Berth 4, two nights', '4 120.00'],
  ['SV Halcyon', 'Berth 1, provisions', '860.50'],
  ['MV Corrib', 'Tug assistance', '2 300.00'],
] as const

/** Protected twice: the proxy lets in who is signed in, and the page asks who may see what. */
export default async function Invoices() {
  const who = await withAuth({ onOutage: 'return' })
  if (who.outage) return <Outage />
  if (!who.user) redirect('/')
  const { organizationId, role, permissions } = who
  const { hasPlaces } = authServer()
  const place = hasPlaces ? nameOf(organizationId) : 'the harbour'
  const mayRead = !hasPlaces || permissions?.includes('invoices:read')
  const menu = (
    <nav>
      <a href="/">Back to {place}</a>
    </nav>
  )
  return (
    <Shell who={who} menu={menu}>
      <main className="narrow">
        <section className="card" aria-labelledby="invoices-title">
          <h1 id="invoices-title">Invoices of {place}</h1>
          {mayRead ? (
            <table>
              <thead>
                <tr>
                  <th>Ship</th>
                  <th>For</th>
                  <th>Amount</th>
                </tr>
              </thead>
              <tbody>
                {INVOICES.map(([ship, what, amount]) => (
                  <tr key={ship}>
                    <td>{ship}</td>
                    <td>{what}</td>
                    <td>{amount}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : (
            <p id="forbidden">
              As {role} you may not read invoices. Ask the harbour master for{' '}
              <code>invoices:read</code>.
            </p>
          )}
        </section>
      </main>
    </Shell>
  )
}
