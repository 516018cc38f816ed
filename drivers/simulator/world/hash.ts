/** A number from 0 to below 1 that is always the same for the same text and number (FNV-1a, then the mixing of mulberry32): chance that need not be kept. */
export function fraction(text: number, step: number): number {
  let state = (text + Math.imul(step ^ (step >>> 16), 0x45d9f3b) + Math.imul(Math.floor(step / 2 ** 32) + 1, 0x27d4eb2f) + 0x6d2b79f5) >>> 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

/** 32 bits of a text. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return hash >>> 0;
}
