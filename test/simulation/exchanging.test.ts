import { expect, it } from 'vitest'
import { begunWith, exchanging } from './exchanging.js'

it('a request belongs to the exchange that looked up where it goes, whatever else leaves meanwhile', async () => {
  /** An exchange that looks up where to go, and then goes there: with what each request has begun. */
  const exchange = (lookup: number, request: number): Promise<readonly number[]> =>
    exchanging(async () => {
      const first = begunWith(lookup)
      await Promise.resolve()
      return [first, begunWith(request)]
    })
  expect(await Promise.all([exchange(1, 4), exchange(2, 3)])).toEqual([
    [1, 1],
    [2, 2],
  ])
  expect(begunWith(5)).toBe(5)
})
