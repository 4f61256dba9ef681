import { useEffect, useState } from 'react'

/** The seconds that are left of the access token, once the page's own client knows. */
export function useSecondsLeft(expiresAt: number | undefined): number | null {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    const tick = () => setNow(Date.now())
    tick()
    const timer = setInterval(tick, 250)
    return () => clearInterval(timer)
  }, [])
  return expiresAt === undefined || now === null ? null : Math.max(0, (expiresAt - now) / 1000)
}
