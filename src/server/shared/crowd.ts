import { isLately } from './lately.js'

/** The most requests that are looked at together where each costs a signature, and anybody may send them. */
const CROWD = 100

/** Makes the bound of a crowd: `work` for so many at once, and `full` for whoever comes meanwhile. */
export function createCrowd(
  most: number = CROWD,
): <T>(work: () => Promise<T>, full: () => T) => Promise<T> {
  let under = 0
  return async (work, full) => {
    if (under >= most) return full()
    under += 1
    try {
      return await work()
    } finally {
      under -= 1
    }
  }
}

/** Makes the bound of what is told: whether one more may be, of so many in each span of so many ms. */
export function createPace(most: number, span: number, now: () => number): () => boolean {
  let began: number | undefined
  let told = 0
  return () => {
    if (!isLately(began, span, now())) {
      began = now()
      told = 0
    }
    told += 1
    return told <= most
  }
}
