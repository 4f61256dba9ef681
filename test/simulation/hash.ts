/** Mixes a text into a hash: two lanes of 32-bit FNV-1a, kept as one number below 2^53. */
export function mix(hash: number, text: string): number {
  let low = (hash % 0x100000000) >>> 0
  let high = Math.floor(hash / 0x100000000) >>> 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193) >>> 0
    high = Math.imul(high ^ (unit + 0x9e), 0x01000193) >>> 0
  }
  // A last stir, so that short texts reach all bits.
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d) >>> 0
  high = (Math.imul(high ^ (high >>> 13), 0x297a2d39) >>> 0) & 0x1fffff
  return high * 0x100000000 + low
}
