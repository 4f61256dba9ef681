import { ControlPanel } from './control-panel'
import { Top } from './top'

export function Outage() {
  return (
    <>
      <Top />
      <main className="narrow">
        <section className="card" aria-labelledby="outage-title">
          <h1 id="outage-title">One moment, please</h1>
          <p>
            The sign-in service cannot be reached, and your access has run out meanwhile. You are
            still signed in: this page goes on where you were as soon as it answers.
          </p>
          <p>
            <a className="button primary" href="/">
              Try again
            </a>
          </p>
        </section>
        <ControlPanel />
      </main>
    </>
  )
}
