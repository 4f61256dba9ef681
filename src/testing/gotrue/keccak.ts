const WORD = (1n << 64n) - 1n

/** How many bytes are taken in at a time for a digest of 256 bits. */
const RATE = 136

/** One for each round, from the Keccak reference (§1.2). */
const ROUNDS = [
  0x1n,
  0x8082n,
  0x800000000000808an,
  0x8000000080008000n,
  0x808bn,
  0x80000001n,
  0x8000000080008081n,
  0x8000000000008009n,
  0x8an,
  0x88n,
  0x80008009n,
  0x8000000an,
  0x8000808bn,
  0x800000000000008bn,
  0x8000000000008089n,
  0x8000000000008003n,
  0x8000000000008002n,
  0x8000000000000080n,
  0x800an,
  0x800000008000000an,
  0x8000000080008081n,
  0x8000000000008080n,
  0x80000001n,
  0x8000000080008008n,
]

const turned = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (64n - by))) & WORD

/** A lane of the state, which has 25. */
const at = (state: readonly bigint[], index: number): bigint => state[index] ?? 0n

function theta(state: readonly bigint[]): bigint[] {
  const columns = [0, 1, 2, 3, 4].map((x) =>
    [0, 5, 10, 15, 20].reduce((sum, y) => sum ^ at(state, x + y), 0n),
  )
  return state.map(
    (lane, i) => lane ^ at(columns, (i + 4) % 5) ^ turned(at(columns, (i + 1) % 5), 1n),
  )
}

/** Rho and pi in one: each lane is turned, and moves to the place of the next. */
function rhoPi(state: readonly bigint[]): bigint[] {
  const next = [...state]
  let [x, y] = [1, 0]
  for (let step = 0; step < 24; step++) {
    const from = x + 5 * y
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
    next[x + 5 * y] = turned(at(state, from), BigInt((((step + 1) * (step + 2)) / 2) % 64))
  }
  return next
}

const chi = (state: readonly bigint[]): bigint[] =>
  state.map((lane, i) => {
    const row = i - (i % 5)
    return lane ^ (~at(state, row + ((i + 1) % 5)) & WORD & at(state, row + ((i + 2) % 5)))
  })

function permuted(state: readonly bigint[]): bigint[] {
  let next = [...state]
  for (const constant of ROUNDS) {
    next = chi(rhoPi(theta(next)))
    next[0] = at(next, 0) ^ constant
  }
  return next
}

/** Keccak-256 as Ethereum has it: with the padding from before SHA-3 (FIPS 202 has another). */
export function keccak256(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array((Math.floor(bytes.length / RATE) + 1) * RATE)
  padded.set(bytes)
  padded[bytes.length] = 1
  padded[padded.length - 1] = (padded[padded.length - 1] ?? 0) | 0x80
  const view = new DataView(padded.buffer)
  let state: bigint[] = Array.from({ length: 25 }, () => 0n)
  for (let start = 0; start < padded.length; start += RATE) {
    for (let lane = 0; lane < RATE / 8; lane++) {
      state[lane] = at(state, lane) ^ view.getBigUint64(start + 8 * lane, true)
    }
    state = permuted(state)
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (let lane = 0; lane < 4; lane++) digest.setBigUint64(8 * lane, at(state, lane), true)
  return new Uint8Array(digest.buffer)
}
