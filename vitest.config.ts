import { defineConfig } from 'vitest/config'

// From 25 on Node has a localStorage of its own, which hides the one of happy-dom.
const [major = 0] = process.versions.node.split('.').map(Number)
const execArgv = major >= 25 ? ['--no-experimental-webstorage'] : []

export default defineConfig({
  test: {
    execArgv,
    projects: [
      {
        test: {
          name: 'unit',
          execArgv,
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/package/**',
            'test/worlds/**',
            'test/redis/**',
            'test/browser/**',
            'test/engines/**',
            'test/next/demo.test.ts',
          ],
        },
      },
      { test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'worlds', include: ['test/worlds/**/*.test.ts'], maxWorkers: 2 } },
      {
        test: {
          name: 'redis',
          include: ['test/redis/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'next',
          include: ['test/next/demo.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 400_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 400_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
