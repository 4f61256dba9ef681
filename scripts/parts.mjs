// Everything that is checked, in the order in which it runs, and how long each part may take.

/** What `.ci/run` may take on two cores, in minutes. */
export const CI_MINUTES = 45

/** What `.ci/run` does before the first part: it installs what is missing, and the packages. */
export const PREPARATION = { name: 'preparation', share: 1.5 }

/** A project of vitest.config.ts, or several whose names fit. */
const project = (name, share, projects = name) => ({
  name,
  share,
  project: projects,
  needsBuild: true,
})

/** The parts of the benchmark, of which one has its turn each day. */
const BENCHES = ['browser', 'server', 'oidc']
const day = Math.floor(Date.now() / (24 * 3_600_000))

/** The same package on a Node that is promised. */
const onNode = (version) => ({
  name: `Node ${version}`,
  commands: ['smoke', 'server', 'require'].map(
    (file) => `npx -y -p node@${version} -- node test/runtime/${file}.mjs`,
  ),
})

/** What `npm test` runs: what a change needs, without a browser and without Redis. */
const CHANGE = [
  { name: 'lint', share: 0.25, checks: [{ name: 'lint', commands: ['npm run lint'] }] },
  { name: 'types', share: 0.5, checks: [{ name: 'types', commands: ['npm run typecheck'] }] },
  project('unit', 2.5, 'unit*'),
  project('package', 0.75),
]

/** What `npm run test:all` runs: all that `npm test` leaves out. */
const REST = [
  // These only compute, so that they take what the others, which wait for browsers and servers, leave them.
  { ...project('worlds', 5), beside: true },
  { ...project('platforms', 1.5), beside: true },
  project('hostile', 1.5),
  project('peers', 1.5),
  project('crowds', 0.5),
  project('docs', 4.25),
  project('redis', 1.5),
  project('oidc', 1),
  project('browser', 5.5),
  project('engines', 4.25),
  project('next', 5),
  project('apps', 4),
  {
    // That every scenario still works, for all clients. Its figures are not judged here.
    name: 'bench',
    share: 2.5,
    needsBuild: true,
    checks: [
      {
        name: 'bench',
        commands: [`npm run bench -- --quick --only ${BENCHES[day % BENCHES.length]}`],
      },
    ],
  },
  { name: 'nodes', share: 0.75, needsBuild: true, checks: ['20.19.0', 22, 24, 26].map(onNode) },
  {
    name: 'demo',
    share: 0.25,
    checks: [{ name: 'demo', commands: ['node scripts/demo-answers.mjs'] }],
  },
]

/**
 * The parts, by the line that runs them. `share` is in minutes, of those of `.ci/run`: who goes
 * over it is told so, and fails nothing, as a busy machine must not fail a test.
 */
export const PARTS = { change: CHANGE, rest: REST }
