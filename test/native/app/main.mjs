import { sha256 } from '@noble/hashes/sha2.js'
import { STORIES } from './stories.ts'

/** What `expo-crypto` is on a phone. */
const crypto = {
  randomBytes: (length) => Uint8Array.from({ length }, () => Math.floor(Math.random() * 256)),
  // `Crypto.digest` gives an ArrayBuffer.
  sha256: async (bytes) => sha256(bytes).slice().buffer,
}

/** Runs all stories, one after the other, and prints a line of JSON for each. */
export async function run(serveWith) {
  for (const [name, story] of Object.entries(STORIES)) {
    let failure = null
    const ends = []
    try {
      await story({ serveWith, crypto, after: (end) => ends.push(end) })
    } catch (error) {
      failure = `${error}\n${error?.stack}`
    }
    for (const end of ends) end()
    print(JSON.stringify({ name, failure }))
  }
}
