import { Dashboard } from '../components/dashboard'
import { Outage } from '../components/outage'
import { Welcome } from '../components/welcome'
import { whoIsHere } from '../lib/who'

export default async function Home({
  searchParams,
}: {
  readonly searchParams: Promise<{ readonly problem?: string }>
}) {
  const who = await whoIsHere()
  const { problem } = await searchParams
  if (who === null) return <Outage />
  return who.user ? <Dashboard who={who} problem={problem} /> : <Welcome />
}
