import fc from 'fast-check'

// CI sees the same inputs each time, so that what failed there fails at home too, and a commit that
// passed once does not fail the next time. Without CI every run tries others.
if (process.env.CI) fc.configureGlobal({ seed: 1 })

export { fc }
