import { describe, expect, it, vi } from 'vitest';
import { addressOf, keepMouse } from '../src/terminal/guard';

describe('the viewer’s terminal', () => {
  const write = vi.fn();
  let set: (params: (number | number[])[]) => boolean | Promise<boolean>;
  keepMouse(
    {
      registerCsiHandler: (id, handler) => {
        expect(id).toEqual({ prefix: '?', final: 'h' });
        set = handler;
        return { dispose() {} };
      },
    },
    write,
  );

  it('keeps the mouse, whatever a program asks for', () => {
    for (const modes of [[9], [1000], [1002], [1003, 1006], [1015]]) expect(set(modes)).toBe(true);
    expect(write).not.toHaveBeenCalled();
  });

  it('leaves all other modes to the program, also beside the mouse’s', () => {
    for (const modes of [[25], [1049, 2004]]) expect(set(modes)).toBe(false);
    expect(write).not.toHaveBeenCalled();
    expect(set([1049, 1003, 1006])).toBe(false);
    expect(write).toHaveBeenCalledExactlyOnceWith('\x1b[?1003;1006l');
  });

  it('follows links of the web only, and shows them as the browser reads them', () => {
    expect(addressOf('https://example.com@evil.example/a b')).toBe('https://example.com@evil.example/a%20b');
    expect(addressOf('http://bücher.example')).toBe('http://xn--bcher-kva.example/');
    for (const link of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '/v1/events', ''])
      expect(addressOf(link)).toBeUndefined();
  });
});
