import { describe, expect, it } from 'vitest';
import { WholeCharacters } from '../src/terminal/characters';

const text = 'a—“ü”…✓😀 é\u0000\u{10ffff}z';
const bytes = new TextEncoder().encode(text);

describe('characters that are cut', () => {
  it('come whole, wherever the bytes are cut', () => {
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second++) {
        const characters = new WholeCharacters();
        const parts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        const shown = parts.map((part) => new TextDecoder('utf-8', { fatal: true }).decode(characters.take(part)));
        expect(shown.join(''), `cut at ${first} and ${second}`).toBe(text);
        expect(characters.rest()).toHaveLength(0);
      }
    }
  });

  it('come as they are where they are none, and nothing is waited for behind them', () => {
    for (const odd of [[0xff], [0x80, 0x80, 0x80, 0x80], [0xc0], [0xf5, 0x80], [0xe2, 0x41], [0xe2, 0x80, 0x94, 0x80]])
      expect([...new WholeCharacters().take(Uint8Array.from(odd))]).toEqual(odd);
  });

  it('are given up behind a gap, and told at the end', () => {
    const characters = new WholeCharacters();
    expect([...characters.take(Uint8Array.of(0x61, 0xe2, 0x80))]).toEqual([0x61]);
    expect([...characters.rest()]).toEqual([0xe2, 0x80]);
    characters.take(Uint8Array.of(0xe2));
    characters.forget();
    expect([...characters.take(Uint8Array.of(0x62))]).toEqual([0x62]);
  });
});
