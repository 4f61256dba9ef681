import { Dashboard } from '../components/dashboard'
import { Outage } from '../components/outage'
import { Welcome } from '../components/welcome'
import { withAuth } from '../lib/auth'

export default async function Home({
  searchParams,
}: {
  readonly searchParams: Promise<{ readonly problem?: string }>
}) {
  const who = await withAuth({ onOutage: 'return' })
  const { problem } = await searchParams
  if (who.outage) return <Outage />
  return who.user ? <Dashboard who={who} problem={problem} /> : <Welcome />
}
